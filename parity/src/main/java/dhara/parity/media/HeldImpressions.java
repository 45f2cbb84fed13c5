package dhara.parity.media;

import dhara.pipelines.Analysis;
import dhara.pipelines.media.Playback;
import dhara.pipelines.media.Playback.Kind;
import dhara.pipelines.media.learning.AdFeatures;
import dhara.testkit.Inputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * Impressions on which models of online-model are tried: those of a seed from which no test learns,
 * with 1,024 features each and whether they were clicked.
 *
 * @param file a CSV file
 * @param sha256 the SHA-256 of its content
 */
public record HeldImpressions(Path file, String sha256) {

  private static final int BUCKETS = 1_024;
  private static final int SEED = 9;
  private static final int EVENTS = 700;

  /** Writes the file. */
  public static HeldImpressions write(Path file) throws IOException {
    List<Playback> playbacks =
        Inputs.of(Analysis.all().get("online-model"), SEED, EVENTS).of("playbacks", Playback.class);
    Set<String> clicked = new HashSet<>();
    for (Playback each : playbacks) {
      if (each.kind() == Kind.AD_CLICK) {
        clicked.add(each.user()); // a viewer has one impression
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add(String.join(",", AdFeatures.names(BUCKETS)) + ",label");
    for (Playback each : playbacks) {
      if (each.kind() == Kind.AD_IMPRESSION) {
        List<Integer> has = AdFeatures.of(each, BUCKETS);
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < BUCKETS; i++) {
          line.append(has.contains(i) ? "1," : ",");
        }
        lines.add(line + (clicked.contains(each.user()) ? "1" : "0"));
      }
    }
    Files.write(file, lines);
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return new HeldImpressions(file, HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The options with which online-model releases what it learns, to be tried on them. */
  public List<String> options() {
    return List.of("--held=" + file, "--heldSha256=" + sha256);
  }
}
