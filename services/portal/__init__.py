"""The portal: the web pages. It owns nothing and is a client of the services' APIs like any other."""
