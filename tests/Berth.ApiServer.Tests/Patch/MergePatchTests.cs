using System.Text.Json.Nodes;
using Berth.ApiServer.Patch;
using Xunit;

namespace Berth.ApiServer.Tests.Patch;

public sealed class MergePatchTests
{
    // The first rows are the examples of RFC 7386, appendix A, that keep an object at the top.
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{}""", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    [InlineData("""{"a":1}""", """{"b":[{"c":null,"d":1}]}""", """{"a":1,"b":[{"d":1}]}""")]
    public void Apply_Object_MergesAndRemoves(string target, string patch, string expected)
    {
        var result = MergePatch.Apply(JsonNode.Parse(target)!, JsonNode.Parse(patch)!);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), result), result.ToJsonString());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("null")]
    public void Apply_PatchThatIsNoObject_IsMalformed(string patch)
    {
        var error = Assert.Throws<PatchException>(() => MergePatch.Apply(new JsonObject(), JsonNode.Parse(patch)));

        Assert.Equal(PatchFailure.Malformed, error.Failure);
    }
}
