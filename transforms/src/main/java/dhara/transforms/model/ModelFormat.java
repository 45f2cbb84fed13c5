package dhara.transforms.model;

/** Reads the models of one format. Found by {@link java.util.ServiceLoader}. */
public interface ModelFormat {

  /** How the names of its files end, without the dot: {@code onnx}. */
  String extension();

  /**
   * Reads a model.
   *
   * @param bytes a whole file
   * @throws BadModel if it is none
   */
  Model read(byte[] bytes);
}
