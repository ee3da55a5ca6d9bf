using System.Text;
using System.Text.Json.Nodes;
using Berth.ApiServer.Yaml;
using Xunit;

namespace Berth.ApiServer.Tests.Yaml;

public sealed class YamlTests
{
    // As a Kubernetes 1.36 API server reads them.
    [Theory]
    [InlineData("y", "true")]
    [InlineData("yes", "true")]
    [InlineData("on", "true")]
    [InlineData("off", "false")]
    [InlineData("No", "false")]
    [InlineData("TRUE", "true")]
    [InlineData("tRue", "\"tRue\"")]
    [InlineData("010", "8")]
    [InlineData("0o10", "8")]
    [InlineData("0o8", "\"0o8\"")]
    [InlineData("0x1F", "31")]
    [InlineData("0x", "\"0x\"")]
    [InlineData("1_000", "1000")]
    [InlineData("0b11", "3")]
    [InlineData("-0b11", "-3")]
    [InlineData("09", "9")]
    [InlineData("+5", "5")]
    [InlineData("-0", "0")]
    [InlineData(".5", "0.5")]
    [InlineData("5.", "5")]
    [InlineData("0.10", "0.1")]
    [InlineData("1e3", "1000")]
    [InlineData("1e21", "1e+21")]
    [InlineData("1e-7", "1e-7")]
    [InlineData("0.000001", "0.000001")]
    [InlineData("123456.789e3", "123456789")]
    [InlineData("123456789012345678901", "123456789012345680000")]
    [InlineData("18446744073709551615", "18446744073709551615")]
    [InlineData("1e400", "\"1e400\"")]
    [InlineData("~", "null")]
    [InlineData("", "null")]
    [InlineData("2020-01-01", "\"2020-01-01\"")]
    [InlineData("2020-01-01T00:00:00Z", "\"2020-01-01T00:00:00Z\"")]
    [InlineData("12:30", "\"12:30\"")]
    [InlineData("\"y\"", "\"y\"")]
    [InlineData("'1'", "\"1\"")]
    [InlineData("!!str 5", "\"5\"")]
    [InlineData("!!int \"5\"", "5")]
    [InlineData("!!binary aGk=", "\"hi\"")]
    [InlineData("!custom x", "\"x\"")]
    [InlineData("<<", "\"<<\"")]
    [InlineData("=", "\"=\"")]
    [InlineData("|\n  a\n  b\n", "\"a\\nb\\n\"")]
    [InlineData(">-\n  a\n  b\n", "\"a b\"")]
    public void Convert_Scalar_IsReadAsKubernetesReadsIt(string yaml, string json)
    {
        Assert.Equal($$"""{"v":{{json}}}""", ToJson($"v: {yaml}\n"));
    }

    [Fact]
    public void Convert_AnchorsAndMergeKeys_AreResolved()
    {
        const string Text = """
            b: &b {x: 1, w: 2}
            c: {<<: *b, x: 5}
            d: {x: 5, <<: *b}
            e: {<<: [*b, {z: 1, x: 9}]}
            f: *b
            1: a
            1.5: b
            true: c
            """;

        Assert.Equal(
            """{"b":{"x":1,"w":2},"c":{"x":5,"w":2},"d":{"x":5,"w":2},"e":{"x":1,"w":2,"z":1},"f":{"x":1,"w":2},"1":"a","1.5":"b","true":"c"}""",
            ToJson(Text));
    }

    [Theory]
    [InlineData("a: [1,\nb: 2", 1)]
    [InlineData("a: b\n c: d", 2)]
    [InlineData("a: *z", 1)]
    [InlineData("a:\n  - &x [*x]", 2)]
    [InlineData("x: \"\\q\"", 1)]
    [InlineData("a: 1\n---\nb: 2", 2)]
    [InlineData("a: .inf", 1)]
    [InlineData("? [a, b]\n: 1", 1)]
    [InlineData("a: 1\nnull: 2", 2)]
    [InlineData("%", 1)]
    public void Convert_Malformed_FailsWithTheLine(string yaml, int line)
    {
        var error = Assert.Throws<YamlFormatException>(() => ToJson(yaml));

        Assert.Equal(line, error.Line);
        Assert.StartsWith($"error converting YAML to JSON: yaml: line {line}, column ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Convert_RepeatedKeys_KeepsTheLastAndReportsIt()
    {
        var repeated = new List<string>();

        var json = Encoding.UTF8.GetString(YamlToJson.Convert("data:\n  a: 1\n  b: 2\n  a: 3\n"u8, repeated));

        Assert.Equal("""{"data":{"a":3,"b":2}}""", json);
        Assert.Equal(["line 4: key \"a\" already set in map"], repeated);
    }

    [Fact]
    public void Convert_AliasesOfAliases_StopAtTheLimit()
    {
        var yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 12; i++)
            yaml.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n");

        var error = Assert.Throws<YamlFormatException>(() => ToJson(yaml.ToString()));

        Assert.Contains("excessive aliasing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Convert_DeepNesting_IsRefused()
    {
        Assert.Throws<YamlFormatException>(() => ToJson(new string('[', 600) + new string(']', 600)));
    }

    [Fact]
    public void Print_Object_LooksLikeKubectl()
    {
        const string Json = """
            {"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","labels":{"n":"1","y":"yes","on":"text"},"annotations":{}},
             "spec":{"containers":[{"name":"c","args":["--x=1","-c","a: b","#no"],"command":["sh","-c","set -e\necho hi\n"]},{"name":"d"}],"n":[[1,2],[]]},
             "f":1.5,"t":true,"z":null,"when":"2020-01-01T00:00:00Z","empty":"","lines":"a\nb","quote":"it's: \"x\""}
            """;
        const string Expected = """
            apiVersion: v1
            empty: ""
            f: 1.5
            kind: Pod
            lines: |-
              a
              b
            metadata:
              annotations: {}
              labels:
                "n": "1"
                "on": text
                "y": "yes"
              name: a
            quote: 'it''s: "x"'
            spec:
              containers:
              - args:
                - --x=1
                - -c
                - 'a: b'
                - '#no'
                command:
                - sh
                - -c
                - |
                  set -e
                  echo hi
                name: c
              - name: d
              "n":
              - - 1
                - 2
              - []
            t: true
            when: "2020-01-01T00:00:00Z"
            z: null

            """;

        Assert.Equal(Expected, Encoding.UTF8.GetString(JsonToYaml.Convert(Encoding.UTF8.GetBytes(Json))));
    }

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 300)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Print_AnyValue_ReadsBackTheSame(int seed)
    {
        var value = RandomValue(new Random(seed), 4);
        var json = value?.ToJsonString() ?? "null";

        var yaml = Encoding.UTF8.GetString(JsonToYaml.Convert(Encoding.UTF8.GetBytes(json)));

        Assert.True(JsonNode.DeepEquals(value, JsonNode.Parse(ToJson(yaml))), $"{json}\n{yaml}\n{ToJson(yaml)}");
    }

    private static JsonNode? RandomValue(Random random, int depth)
    {
        string[] texts = ["a", " ", "\n", ":", "#", "'", "\"", "-", "y", "1", "\t", "é", "\U0001F600", "\\", "{", "}", "[", "]", ",", "&", "*", "!", "|", ">", "%", "@", "`", "?", "=", "<<", "~", "\u0001", "null", ".", "0x", "\r", "  "];
        string Text() => string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => texts[random.Next(texts.Length)]));
        switch (random.Next(depth > 0 ? 8 : 4))
        {
            case 0:
                return JsonValue.Create((long)random.Next(-5, 5000));
            case 1:
                return random.Next(3) switch { 0 => JsonValue.Create(true), 1 => null, _ => JsonValue.Create(random.NextDouble() * Math.Pow(10, random.Next(-12, 30))) };
            case 2 or 3:
                return JsonValue.Create(Text());
            case 4 or 5:
                return new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => RandomValue(random, depth - 1))]);
            default:
                var map = new JsonObject();
                for (var i = random.Next(5); i > 0; i--)
                    map[Text()] = RandomValue(random, depth - 1);
                return map;
        }
    }

    private static string ToJson(string yaml) => Encoding.UTF8.GetString(YamlToJson.Convert(Encoding.UTF8.GetBytes(yaml)));
}
