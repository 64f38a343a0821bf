"""Who works here and when: settings, sign-in, server, command line, intake and screens."""
