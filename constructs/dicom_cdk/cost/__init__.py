"""What a stack costs: the bill of quantities, priced by the vendor's own answers or by a file of them, never by a guess."""
