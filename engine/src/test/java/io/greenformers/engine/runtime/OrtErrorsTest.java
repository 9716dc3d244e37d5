package io.greenformers.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Messages as ONNX Runtime 1.29 writes them. */
final class OrtErrorsTest {
  private static final Path MODEL = Path.of("/tmp/x/model.onnx");

  @Test
  void namesAnOperatorOfADomain() {
    UnrunnableModelException e =
        refused("Fatal error: com.example:Fancy(-1) is not a registered function/op");
    assertThat(e.code()).isEqualTo("model-unknown-operator");
    assertThat(e).hasMessageContaining("'Fancy' of the domain 'com.example'");
  }

  @Test
  void dropsThePathsOfTheRuntimesBuild() {
    UnrunnableModelException e =
        refused(
            "Non-zero status code returned while running Reshape node. Name:'r' Status Message: "
                + "/onnxruntime_src/onnxruntime/core/providers/cpu/tensor/reshape_helper.h:45 "
                + "onnxruntime::ReshapeHelper::ReshapeHelper(const TensorShape&, TensorShapeVector&, bool) "
                + "input_shape_size == size was false. The input tensor cannot be reshaped");
    assertThat(e)
        .hasMessage(
            "ONNX Runtime does not accept the model: Non-zero status code returned while running"
                + " Reshape node. Name:'r' Status Message: input_shape_size == size was false. The"
                + " input tensor cannot be reshaped");
  }

  @Test
  void dropsThePathOfTheModel() {
    assertThat(refused("Load model from /tmp/x/model.onnx failed"))
        .hasMessageContaining("Load model from the model failed");
  }

  private static UnrunnableModelException refused(String message) {
    return OrtErrors.refused(new OrtException(OrtException.OrtErrorCode.ORT_FAIL, message), MODEL);
  }
}
