"""Faults: killed processes, restarts, full disks, silent mail servers, wrong clocks."""
