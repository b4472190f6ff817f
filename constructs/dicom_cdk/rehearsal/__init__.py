"""Runs the synthesized payloads of a site on this machine, against real servers, through faults.

What is decoded from cdk.tf.json runs as it would on the hosts: the launchers, the bundles, the scripts. Real are slapd, PostgreSQL,
NGINX and a DICOMweb server (Orthanc). Stand-ins there are only for what cannot exist here: the container engine with the images'
own contents, the vendor's API (which judges every signature with the vendor's SDKs), the metadata service, Function Compute.
"""
