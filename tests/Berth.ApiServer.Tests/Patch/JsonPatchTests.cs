using System.Text;
using System.Text.Json.Nodes;
using Berth.Api.Core.V1;
using Berth.ApiServer.Patch;
using Xunit;

namespace Berth.ApiServer.Tests.Patch;

public sealed class JsonPatchTests
{
    [Theory]
    [InlineData("""{"a":1}""", """[{"op":"add","path":"/b","value":{"c":null}}]""", """{"a":1,"b":{"c":null}}""")]
    [InlineData("""{"a":[1,3]}""", """[{"op":"add","path":"/a/1","value":2},{"op":"add","path":"/a/-","value":4}]""", """{"a":[1,2,3,4]}""")]
    [InlineData("""{"a":[1,3]}""", """[{"op":"add","path":"/a/-1","value":4}]""", """{"a":[1,3,4]}""")]
    [InlineData("""{"a":[1,2,3]}""", """[{"op":"remove","path":"/a/0"},{"op":"remove","path":"/a/-1"}]""", """{"a":[2]}""")]
    [InlineData("""{"a":1}""", """[{"op":"replace","path":"/b","value":2}]""", """{"a":1,"b":2}""")]
    [InlineData("""{"a":[1,2]}""", """[{"op":"replace","path":"/a/1","value":[5]}]""", """{"a":[1,[5]]}""")]
    [InlineData("""{"a":{"b":1},"c":{}}""", """[{"op":"move","from":"/a/b","path":"/c/d"}]""", """{"a":{},"c":{"d":1}}""")]
    [InlineData("""{"a":{"b":[1]}}""", """[{"op":"copy","from":"/a","path":"/c"},{"op":"add","path":"/c/b/-","value":2}]""", """{"a":{"b":[1]},"c":{"b":[1,2]}}""")]
    [InlineData("""{"a/b":{"m~n":1}}""", """[{"op":"test","path":"/a~1b/m~0n","value":1},{"op":"remove","path":"/a~1b/m~0n"}]""", """{"a/b":{}}""")]
    [InlineData("""{"a":1}""", """[{"op":"test","path":"/nothing","value":null}]""", """{"a":1}""")]
    [InlineData("""{"a":1}""", """[{"op":"replace","path":"","value":{"b":2}}]""", """{"b":2}""")]
    [InlineData("""{"a":{"x":1,"y":[1,{"z":2}]}}""", """[{"op":"test","path":"/a","value":{"y":[1,{"z":2}],"x":1}}]""", """{"a":{"x":1,"y":[1,{"z":2}]}}""")]
    public void Apply_WellFormedOperations_GivesThePatchedDocument(string document, string patch, string expected)
    {
        var target = JsonNode.Parse(document)!;

        var result = JsonPatch.Apply(target, Encoding.UTF8.GetBytes(patch));

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), result), result.ToJsonString());
        Assert.Equal(JsonNode.Parse(document)!.ToJsonString(), target.ToJsonString());
    }

    [Theory]
    [InlineData("""[{"op":"test","path":"/a","value":2}]""", PatchFailure.DoesNotApply, "testing value /a failed: test failed")]
    [InlineData("""[{"op":"remove","path":"/x"}]""", PatchFailure.DoesNotApply, "error in remove for path: '/x': Unable to remove nonexistent key: x: missing value")]
    [InlineData("""[{"op":"remove","path":"/x/y"}]""", PatchFailure.DoesNotApply, "remove operation does not apply: doc is missing path: \"/x/y\": missing value")]
    [InlineData("""[{"op":"add","path":"/l/9","value":2}]""", PatchFailure.DoesNotApply, "error in add for path: '/l/9': Unable to access invalid index: 9: invalid index referenced")]
    [InlineData("""[{"op":"replace","path":"/l/9","value":2}]""", PatchFailure.DoesNotApply, "replace operation does not apply: doc is missing key: /l/9: missing value")]
    [InlineData("""[{"op":"add","path":"/x/y","value":2}]""", PatchFailure.DoesNotApply, "add operation does not apply: doc is missing path: \"/x/y\": missing value")]
    [InlineData("""[{"op":"grow","path":"/a"}]""", PatchFailure.DoesNotApply, "Unexpected kind: grow")]
    [InlineData("""[{"op":"add"}]""", PatchFailure.DoesNotApply, "add operation failed to decode path: operation missing path field: missing value")]
    [InlineData("""{"op":"add"}""", PatchFailure.Malformed, "error decoding patch: a JSON patch is a list of operations")]
    public void Apply_OperationThatDoesNotFit_FailsWithTheKnownText(string patch, PatchFailure failure, string message)
    {
        var error = Assert.Throws<PatchException>(() => JsonPatch.Apply(JsonNode.Parse("""{"a":1,"l":[1]}""")!, Encoding.UTF8.GetBytes(patch)));

        Assert.Equal(message, error.Message);
        Assert.Equal(failure, error.Failure);
    }

    [Fact]
    public void Apply_MoreOperationsThanAllowed_IsTooLarge()
    {
        var patch = "[" + string.Join(",", Enumerable.Repeat("""{"op":"test","path":"/a","value":1}""", JsonPatch.OperationsMax + 1)) + "]";

        var error = Assert.Throws<PatchException>(() => JsonPatch.Apply(JsonNode.Parse("""{"a":1}""")!, Encoding.UTF8.GetBytes(patch)));

        Assert.Equal("Request entity is too large: The allowed maximum operations in a JSON patch is 10000, got 10001", error.ToStatus().Message);
        Assert.Equal(413, error.ToStatus().Code);
    }

    [Fact]
    public void Apply_CopiesThatDoubleTheDocument_StopAtTheLimit()
    {
        var patch = "[" + string.Join(",", Enumerable.Range(0, 60).Select(i => $$"""{"op":"copy","from":"/a","path":"/a/x{{i}}"}""")) + "]";

        var error = Assert.Throws<PatchException>(() => JsonPatch.Apply(JsonNode.Parse("""{"a":{"b":1}}""")!, Encoding.UTF8.GetBytes(patch)));

        Assert.Equal(PatchFailure.TooLarge, error.Failure);
    }

    [Fact]
    public void Apply_BelowAnEmptyStructOfATypedObject_FindsItThere()
    {
        var pod = new Pod { Spec = new PodSpec { Containers = [new Container { Name = "a" }] } };

        var result = JsonPatch.Apply(JsonTree.Of(pod), """[{"op":"add","path":"/spec/containers/0/resources/limits","value":{"cpu":"1"}}]"""u8);

        Assert.Equal("1", result["spec"]!["containers"]![0]!["resources"]!["limits"]!["cpu"]!.ToString());
    }

    [Fact]
    public void ToStatus_FailedTest_IsInvalidWithTheTextAsCause()
    {
        var status = new PatchException(PatchFailure.DoesNotApply, "testing value /a failed: test failed").ToStatus();

        Assert.Equal((422, "Invalid"), (status.Code, status.Reason));
        Assert.Equal("testing value /a failed: test failed", Assert.Single(status.Details!.Causes).Message);
    }
}
