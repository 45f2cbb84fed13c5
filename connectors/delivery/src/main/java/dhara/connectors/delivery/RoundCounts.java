package dhara.connectors.delivery;

/** Takes what a {@link Round} tells of itself. */
interface RoundCounts {

  /** For rounds outside of a pipeline, where nobody shows metrics. */
  RoundCounts NONE =
      new RoundCounts() {
        @Override
        public void delivered() {}

        @Override
        public void retried() {}

        @Override
        public void undelivered() {}

        @Override
        public void show(long rows, Courier courier) {}
      };

  /** A row was delivered. */
  void delivered();

  /** A row will be sent again. */
  void retried();

  /** A row will not be sent again. */
  void undelivered();

  /** A round has ended. */
  void show(long rows, Courier courier);
}
