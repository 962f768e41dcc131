"""Files: photographs and documents of what happened, checked and cleaned before they are kept."""
