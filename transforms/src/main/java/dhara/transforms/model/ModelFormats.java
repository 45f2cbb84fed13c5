package dhara.transforms.model;

import java.util.ServiceLoader;
import java.util.regex.Pattern;

/** Finds the format of a model by the ending of its name. */
final class ModelFormats {

  private static final String DATA = "data:";

  /** The type stands before the first parameter, or before the bytes. */
  private static final Pattern TYPE_OF_DATA = Pattern.compile("(?s)data:([^;,]*).*");

  private ModelFormats() {}

  /**
   * The format of a model at a URI.
   *
   * @throws BadModel if the URI has no ending
   * @throws IllegalStateException if no module on the class path reads the format, which is an
   *     error of the installation and says nothing of the model
   */
  static ModelFormat of(String uri) {
    String extension = extension(uri);
    for (ModelFormat format : ServiceLoader.load(ModelFormat.class)) {
      if (format.extension().equals(extension)) {
        return format;
      }
    }
    throw new IllegalStateException(
        "no module on the class path reads models of the format "
            + extension
            + "; onnx comes with the profile models, e.g. -Pflink-runner,models, and on the direct"
            + " runner with -Ptrain");
  }

  /**
   * {@code onnx} of {@code gs://models/fraud-7.onnx}, {@code linear} of {@code data:a/linear;…}.
   */
  static String extension(String uri) {
    String name = uri;
    char before = '.';
    if (uri.startsWith(DATA)) {
      name = TYPE_OF_DATA.matcher(uri).replaceFirst("$1");
      before = '/';
    }
    int at = name.lastIndexOf(before);
    if (at < 0 || at < name.lastIndexOf('/') || at == name.length() - 1) {
      throw new BadModel("the name of its file has no ending that tells the format, e.g. .onnx");
    }
    return name.substring(at + 1);
  }
}
