package dhara.benchmarks.profile;

import com.google.auto.service.AutoService;
import dhara.benchmarks.harness.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What {@code benchmarks/run profile} found, in the report. */
@AutoService(Section.class)
public final class ProfileSection implements Section {

  /** Found by {@link java.util.ServiceLoader}. */
  public ProfileSection() {}

  @Override
  public int order() {
    return 2;
  }

  @Override
  public String text(Path kept) throws IOException {
    List<ProfileResult> results = ProfileResult.read(kept);
    if (results.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    text.append("## profiles\n\n");
    text.append(
        "Where processor time goes, by Flight Recorder's samples of running threads (without the"
            + " collector and the compiler). *Whose* is the owner of the innermost method, for a method"
            + " of the JDK that of its nearest caller.\n\n");
    results.forEach(result -> text.append(text(result)));
    return text.toString();
  }

  static String text(ProfileResult result) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "### profile of %s%n%n%,d samples of %d runs of %,d events; %s.%n%n",
            result.what(),
            result.samples().count(),
            result.runs(),
            result.events(),
            result.date()));
    table(text, "whose", result.samples().owners(), result.samples().count());
    table(text, "innermost method", result.samples().frames(), result.samples().count());
    return text.toString();
  }

  private static void table(
      StringBuilder text, String heading, List<Samples.Share> shares, long all) {
    text.append("| ").append(heading).append(" | % |\n| --- | --: |\n");
    for (Samples.Share share : shares) {
      text.append(
          String.format(
              Locale.ROOT, "| %s | %.1f |%n", share.what(), 100.0 * share.samples() / all));
    }
    text.append("\n");
  }
}
