"""The same method with the same message on the Python connectrpc runtime, with a handler that does nothing.

granian serves `app`, with the folder of the generated code in PYTHONPATH.
"""

from accord.sla.v1.sla_service_connect import SlaService, SlaServiceASGIApplication
from accord.sla.v1.sla_service_pb import PreviewDeadlineResponse
from protobuf.wkt import Timestamp

DEADLINE = PreviewDeadlineResponse(deadlines=[Timestamp(seconds=1772456400)])


class Peer(SlaService):
    async def preview_deadline(self, request, ctx):
        return DEADLINE


app = SlaServiceASGIApplication(Peer())
