package dhara.pipelines.media.learning;

import dhara.pipelines.media.Playback;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Of which impressions a model learns. */
public enum LearnBy {
  /** One model of all. */
  none {
    @Override
    @Nullable String of(Playback impression) {
      return "all";
    }
  },
  /** A model per campaign. */
  campaign {
    @Override
    @Nullable String of(Playback impression) {
      return impression.campaign();
    }
  },
  /** A model per region. */
  region {
    @Override
    @Nullable String of(Playback impression) {
      return impression.region();
    }
  },
  /** A model per kind of device. */
  device {
    @Override
    @Nullable String of(Playback impression) {
      return impression.device();
    }
  },
  /** A model per language. */
  language {
    @Override
    @Nullable String of(Playback impression) {
      return impression.language();
    }
  };

  /** The segment of an impression, null if it does not tell. */
  abstract @Nullable String of(Playback impression);

  /** The segment of an impression; {@code unknown} if it does not tell. */
  String segment(Playback impression) {
    String segment = of(impression);
    return segment == null ? "unknown" : segment;
  }
}
