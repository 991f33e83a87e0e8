"""Networks that need QKeras' development head."""
