package dhara.serving.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.JarEntry;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/**
 * The static files of the dashboard by the path of a request: {@code /}, {@code /favicon.ico},
 * {@code /dashboard/FILE} and {@code /lib/FILE} for the libraries, whose versions only the build
 * knows. Everything comes from the class path, so the page needs no other machine. Files are read
 * once and kept, packed and unpacked; there are about 300 kB.
 */
public final class Assets {

  private static final String WEBJARS = "META-INF/resources/webjars/";

  /** A file of a library: the WebJar it is in, and its path there after the version. */
  private record Library(String jar, String file) {}

  private static final Map<String, Library> LIBRARIES =
      Map.of(
          "/lib/preact.js", new Library("preact", "dist/preact.min.umd.js"),
          "/lib/hooks.js", new Library("preact", "hooks/dist/hooks.umd.js"),
          "/lib/uplot.js", new Library("uplot", "dist/uPlot.iife.min.js"),
          "/lib/uplot.css", new Library("uplot", "dist/uPlot.min.css"));

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml");

  /** A file of the dashboard's folder: no path, so no way out of it. */
  private static final Pattern FILE =
      Pattern.compile("/dashboard/([a-z0-9-]+)\\.(html|js|css|svg)");

  /** The comment that names a file which is not delivered. */
  private static final Pattern SOURCE_MAP = Pattern.compile("(?m)^//# sourceMappingURL=.*$");

  private static final Map<String, Asset> KEPT = new ConcurrentHashMap<>();

  private Assets() {}

  /**
   * A file: what {@code Content-Type} and {@code ETag} say, its bytes, and the same packed by gzip.
   */
  public static final class Asset {

    private final String type;
    private final String etag;
    private final byte[] plain;
    private final byte[] packed;

    private Asset(String type, byte[] plain) {
      this.type = type;
      this.plain = plain;
      this.packed = pack(plain);
      this.etag = '"' + HexFormat.of().formatHex(sha256(plain), 0, 12) + '"';
    }

    public String type() {
      return type;
    }

    public String etag() {
      return etag;
    }

    public byte[] bytes() {
      return plain.clone();
    }

    /** For clients that accept {@code gzip}. */
    public byte[] gzip() {
      return packed.clone();
    }
  }

  /** The file for the path of a request, or empty if the dashboard has none there. */
  public static Optional<Asset> of(String path) {
    Asset kept = KEPT.get(path);
    if (kept != null) {
      return Optional.of(kept);
    }
    // Only what is there is kept, so requests for other paths cannot fill the memory.
    Optional<Asset> read = read(path);
    read.ifPresent(asset -> KEPT.put(path, asset));
    return read;
  }

  private static Optional<Asset> read(String path) {
    Library library = LIBRARIES.get(path);
    if (library != null) {
      return Optional.of(read(library, path));
    }
    String file =
        switch (path) {
          case "/" -> "/dashboard/index.html";
          case "/favicon.ico" -> "/dashboard/icon.svg";
          default -> path;
        };
    if (!FILE.matcher(file).matches()) {
      return Optional.empty();
    }
    URL found = Assets.class.getResource(file);
    return found == null ? Optional.empty() : Optional.of(new Asset(type(file), bytes(found)));
  }

  private static Asset read(Library library, String path) {
    URL folder = Assets.class.getClassLoader().getResource(WEBJARS + library.jar() + "/");
    if (folder == null) {
      throw new IllegalStateException(
          "the WebJar " + library.jar() + " is not on the class path; build the module serving");
    }
    String text = new String(bytes(versioned(folder, library)), UTF_8);
    return new Asset(type(path), SOURCE_MAP.matcher(text).replaceAll("").getBytes(UTF_8));
  }

  /** The file in the only version of the library that the jar has. */
  private static URL versioned(URL folder, Library library) {
    String prefix = WEBJARS + library.jar() + "/";
    Pattern name =
        Pattern.compile(Pattern.quote(prefix) + "[^/]+/" + Pattern.quote(library.file()));
    try {
      JarURLConnection connection = (JarURLConnection) folder.openConnection();
      // The jar that a cached connection opens is closed with the class loader, not here.
      connection.setUseCaches(true);
      return connection.getJarFile().stream()
          .map(JarEntry::getName)
          .filter(entry -> name.matcher(entry).matches())
          .findFirst()
          .map(entry -> Assets.class.getClassLoader().getResource(entry))
          .orElseThrow(
              () ->
                  new IllegalStateException(
                      "the WebJar " + library.jar() + " has no " + library.file()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String type(String file) {
    return TYPES.get(file.substring(file.lastIndexOf('.') + 1));
  }

  private static byte[] bytes(URL resource) {
    try (InputStream in = resource.openStream()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] pack(byte[] plain) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes every byte", e);
    }
    return packed.toByteArray();
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
