"""The interface for programs: W3C Web Annotation Data Model and Protocol on django-ninja."""
