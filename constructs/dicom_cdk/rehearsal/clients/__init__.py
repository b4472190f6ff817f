"""Who asks a rehearsed service for something: devices, hospitals' systems, DICOMweb clients, and whoever should get nothing."""
