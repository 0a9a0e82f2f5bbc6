"""How languages write dates, where Django's own way can be misread."""
