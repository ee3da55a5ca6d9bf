using System.Text;
using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.Api.Rbac.V1;
using Berth.Api.Schema;

namespace Berth.Api.Tests;

/// <summary>What JSON shows of a field that is empty: structs held by value as {}, values without omitempty as null or zero, the rest not at all.</summary>
public sealed class WireShapeTests
{
    [Fact]
    public void Json_OfNearlyEmptyObjects_ShowsWhatKubernetesShows()
    {
        Assert.Equal("""{"name":"c","resources":{}}""", Text(new Container { Name = "c" }));
        Assert.Equal("""{"type":"Ready","status":"True","lastProbeTime":null,"lastTransitionTime":null}""", Text(new PodCondition { Type = "Ready", Status = "True" }));
        Assert.Equal("""{"kind":"Service","apiVersion":"v1","metadata":{"name":"s"},"spec":{},"status":{"loadBalancer":{}}}""", Text(new Service { Metadata = new() { Name = "s" } }));
        Assert.Equal("""{"kind":"ClusterRole","apiVersion":"rbac.authorization.k8s.io/v1","metadata":{},"rules":null}""", Text(new ClusterRole()));
        Assert.Equal("""{"selector":null,"template":{"metadata":{},"spec":{"containers":null}},"strategy":{}}""", Text(new DeploymentSpec()));
    }

    [Fact]
    public void Json_WithNullsForWhatIsEmpty_IsReadBackAsEmpty()
    {
        var role = new ClusterRole();
        Assert.Equal(role, ApiJson.Deserialize<ClusterRole>(ApiJson.Serialize(role)));
        var spec = new DeploymentSpec();
        Assert.Equal(spec, ApiJson.Deserialize<DeploymentSpec>(ApiJson.Serialize(spec)));
    }

    [Fact]
    public void Descriptions_OfEachServedKind_HaveWords()
    {
        var silent = ApiCatalog.All.Where(k => k.Plural.Length > 0 && ApiDescriptions.Of(k.Schema) is not [{ Length: > 0 }, ..]).Select(k => k.ToString());
        Assert.Empty(silent);
    }

    [Fact]
    public void Descriptions_OfAType_AreOneForItselfAndOneForEachField()
    {
        Assert.All(ApiCatalog.All, k => Assert.Equal(k.Schema.Fields.Count + 1, ApiDescriptions.Of(k.Schema)?.Length ?? k.Schema.Fields.Count + 1));
        Assert.All(ApiDescriptions.Of(Container.Schema)!, text => Assert.DoesNotContain('<', text));
    }

    private static string Text<T>(T value)
        where T : IMessage<T> => Encoding.UTF8.GetString(ApiJson.Serialize(value));
}
