using System.Text.Json.Nodes;
using Berth.Api.Core.V1;
using Berth.ApiServer.Patch;
using Xunit;

namespace Berth.ApiServer.Tests.Patch;

public sealed class StrategicMergePatchTests
{
    [Theory]
    // Lists with a merge key: merged item by item; what the patch names comes in its order, the rest stays where it was.
    [InlineData(
        """{"spec":{"containers":[{"name":"a","image":"1"},{"name":"b","image":"2"}]}}""",
        """{"spec":{"containers":[{"name":"b","image":"3"},{"name":"c","image":"4"}]}}""",
        """{"spec":{"containers":[{"name":"a","image":"1"},{"name":"b","image":"3"},{"name":"c","image":"4"}]}}""")]
    [InlineData(
        """{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}""",
        """{"spec":{"containers":[{"name":"c"}]}}""",
        """{"spec":{"containers":[{"name":"c"},{"name":"a"},{"name":"b"}]}}""")]
    [InlineData(
        """{"spec":{"containers":[{"name":"a","image":"1"},{"name":"b"}]}}""",
        """{"spec":{"containers":[{"$patch":"delete","name":"a"}]}}""",
        """{"spec":{"containers":[{"name":"b"}]}}""")]
    [InlineData(
        """{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}""",
        """{"spec":{"containers":[{"$patch":"replace"},{"name":"z"}]}}""",
        """{"spec":{"containers":[{"name":"z"}]}}""")]
    [InlineData(
        """{"spec":{"containers":[{"name":"a"},{"name":"b"},{"name":"c"}]}}""",
        """{"spec":{"$setElementOrder/containers":[{"name":"c"},{"name":"a"}],"containers":[{"name":"a","image":"x"}]}}""",
        """{"spec":{"containers":[{"name":"b"},{"name":"c"},{"name":"a","image":"x"}]}}""")]
    [InlineData(
        """{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}""",
        """{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]}}""",
        """{"spec":{"containers":[{"name":"b"},{"name":"a"}]}}""")]
    // New items come where deleted ones were, behind those that stay.
    [InlineData(
        """{"spec":{"containers":[{"name":"d"},{"name":"c"},{"name":"b"}]}}""",
        """{"spec":{"$setElementOrder/containers":[{"name":"a"},{"name":"d"}],"containers":[{"name":"a"},{"name":"c","$patch":"delete"}]}}""",
        """{"spec":{"containers":[{"name":"b"},{"name":"a"},{"name":"d"}]}}""")]
    // The same port with two protocols: the merge key is the port alone, so that the first one takes the change.
    [InlineData(
        """{"spec":{"containers":[{"name":"a","ports":[{"containerPort":53,"protocol":"UDP"},{"containerPort":53,"protocol":"TCP"}]}]}}""",
        """{"spec":{"containers":[{"name":"a","ports":[{"containerPort":53,"name":"dns"}]}]}}""",
        """{"spec":{"containers":[{"name":"a","ports":[{"containerPort":53,"protocol":"UDP","name":"dns"},{"containerPort":53,"protocol":"TCP"}]}]}}""")]
    // Lists of scalars.
    [InlineData("""{"metadata":{"finalizers":["a","b"]}}""", """{"metadata":{"finalizers":["c","a"]}}""", """{"metadata":{"finalizers":["c","a","b"]}}""")]
    [InlineData("""{"metadata":{"finalizers":["a","b","c"]}}""", """{"metadata":{"$deleteFromPrimitiveList/finalizers":["b"]}}""", """{"metadata":{"finalizers":["a","c"]}}""")]
    [InlineData(
        """{"metadata":{"finalizers":["a","b","c"]}}""",
        """{"metadata":{"$deleteFromPrimitiveList/finalizers":["a"],"$setElementOrder/finalizers":["d","b","c"],"finalizers":["d"]}}""",
        """{"metadata":{"finalizers":["d","b","c"]}}""")]
    // Lists without a strategy are replaced.
    [InlineData("""{"spec":{"containers":[{"name":"a","args":["x","y"]}]}}""", """{"spec":{"containers":[{"name":"a","args":["z"]}]}}""", """{"spec":{"containers":[{"name":"a","args":["z"]}]}}""")]
    // Maps and structs.
    [InlineData("""{"metadata":{"labels":{"a":"1","b":"2"}}}""", """{"metadata":{"labels":{"a":null,"c":"3"}}}""", """{"metadata":{"labels":{"b":"2","c":"3"}}}""")]
    [InlineData("""{"metadata":{"labels":{"a":"1"}}}""", """{"metadata":{"labels":{"$patch":"replace","c":"3"}}}""", """{"metadata":{"labels":{"c":"3"}}}""")]
    [InlineData("""{"metadata":{"labels":{"a":"1"}}}""", """{"metadata":{"labels":{"$patch":"delete"}}}""", """{"metadata":{"labels":{}}}""")]
    [InlineData("""{"metadata":{}}""", """{"metadata":{"labels":{"$patch":"delete"},"annotations":{"a":null,"b":"1"}}}""", """{"metadata":{"annotations":{"b":"1"}}}""")]
    [InlineData(
        """{"spec":{"volumes":[{"name":"v","emptyDir":{"medium":"Memory"}}]}}""",
        """{"spec":{"volumes":[{"name":"v","$retainKeys":["name","hostPath"],"hostPath":{"path":"/x"}}]}}""",
        """{"spec":{"volumes":[{"name":"v","hostPath":{"path":"/x"}}]}}""")]
    public void Apply_WellFormedPatch_FollowsTheSchema(string target, string patch, string expected)
    {
        var original = JsonNode.Parse(target)!;

        var result = StrategicMergePatch.Apply(original, JsonNode.Parse(patch), Pod.Schema);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), result), result.ToJsonString());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(target), original), "the original was changed");
    }

    [Theory]
    [InlineData("""{"spec":{"containers":[{"image":"1"}]}}""", "map: map[image:1] does not contain declared merge key: name")]
    [InlineData("""{"spec":{"containers":[{"$patch":"shrink","name":"a"}]}}""", "unknown patch type: shrink in map: map[$patch:shrink name:a]")]
    [InlineData("""{"spec":{"$patch":"merge"}}""", "unknown patch type: merge in map: map[$patch:merge]")]
    [InlineData("""{"spec":{"$retainKeys":["nodeName"],"hostname":"x"}}""", "invalid patch format of retainKeys")]
    [InlineData("""{"spec":{"$retainKeys":"nodeName"}}""", "invalid patch format of retainKeys")]
    [InlineData("""{"metadata":{"$deleteFromPrimitiveList":["b"]}}""", "invalid patch format of primitive list")]
    [InlineData("""{"metadata":{"$setElementOrderx/finalizers":["b"]}}""", "invalid patch format of setElementOrder list")]
    [InlineData("""{"metadata":{"$setElementOrder/finalizers":["a"],"finalizers":["b"]}}""", "The order in patch list:\n[b]\n doesn't match $setElementOrder list:\n[a]\n")]
    [InlineData("""[]""", "invalid JSON document")]
    public void Apply_MalformedPatch_FailsWithTheKnownText(string patch, string message)
    {
        var target = JsonNode.Parse("""{"metadata":{"finalizers":["a"]},"spec":{"containers":[{"name":"a"}]}}""")!;

        var error = Assert.Throws<PatchException>(() => StrategicMergePatch.Apply(target, JsonNode.Parse(patch), Pod.Schema));

        Assert.Equal(message, error.Message);
    }
}
