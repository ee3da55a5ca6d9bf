using System.Text.Json.Nodes;
using Berth.ApiServer.CustomResources;
using Xunit;

namespace Berth.ApiServer.Tests.CustomResources;

public sealed class JsonPathTests
{
    private static readonly JsonNode s_tree = JsonNode.Parse(
        """{"spec":{"a.b":"dotted","list":[{"type":"Ready","status":"True","n":1},{"type":"Other","status":"False","n":5}]},"metadata":{"labels":{"x/y":"z"}}}""")!;

    [Theory]
    [InlineData(".spec.list[0].type", "\"Ready\"")]
    [InlineData(".spec.list[-1].type", "\"Other\"")]
    [InlineData(".spec.list[*].n", "1,5")]
    [InlineData(".spec.list[0:1].n", "1")]
    [InlineData(".spec.list[?(@.type==\"Ready\")].status", "\"True\"")]
    [InlineData(".spec.list[?(@.n>2)].type", "\"Other\"")]
    [InlineData("..type", "\"Ready\",\"Other\"")]
    [InlineData(".spec.a\\.b", "\"dotted\"")]
    [InlineData(".metadata.labels['x/y']", "\"z\"")]
    [InlineData(".spec.none.deeper", "")]
    public void Find_Path_GivesWhatKubectlWould(string path, string expected) =>
        Assert.Equal(expected, string.Join(",", JsonPath.TryParse(path)!.Find(s_tree).Select(n => n!.ToJsonString())));

    [Theory]
    [InlineData(".spec[")]
    [InlineData(".spec[x]")]
    public void TryParse_NoPath_IsNull(string path) => Assert.Null(JsonPath.TryParse(path));
}
