"""The client `statuscheck`, with another host."""

import sys

from statuscheck.services.bases._statuspageio import BaseStatusPageAPI


class Client(BaseStatusPageAPI):
    name = "Lightship"
    status_url = sys.argv[1]

    def _get_base_url(self):
        return f"{sys.argv[1]}/api/v2/"


Client()._print_summary(verbose=True)
