"""Serves a .tflite network with MLServer, for Object Classifier."""

from ai_edge_litert.interpreter import Interpreter
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse
from mlserver.utils import get_model_uri


class Backbone(MLModel):
    """One network; one picture after the other."""

    async def load(self) -> bool:
        """Load the file that model-settings.json names."""
        path = await get_model_uri(self._settings)
        self._interpreter = Interpreter(model_path=path)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._output = self._interpreter.get_output_details()[0]["index"]
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        """Return the vector of a picture."""
        picture = NumpyCodec.decode_input(payload.inputs[0])
        self._interpreter.set_tensor(self._input, picture)
        self._interpreter.invoke()
        vector = self._interpreter.get_tensor(self._output)
        return InferenceResponse(
            model_name=self.name, outputs=[NumpyCodec.encode_output("vector", vector)]
        )
