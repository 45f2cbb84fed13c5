package dhara.records;

import java.time.Instant;
import java.util.List;

/** A record that tests load by a class loader which knows nothing of Dhara. */
record Distant(String name, Instant at, Kind kind, List<Part> parts) {

  enum Kind {
    NEAR,
    FAR
  }

  record Part(int number) {}
}
