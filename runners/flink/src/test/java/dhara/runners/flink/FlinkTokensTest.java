package dhara.runners.flink;

import dhara.testkit.TokensOnEngine;

class FlinkTokensTest extends TokensOnEngine {}
