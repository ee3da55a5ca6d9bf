using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Client;

namespace Berth.Controllers.Tests.Cluster;

/// <summary>The garbage collector and the namespace controller against the real API server.</summary>
public sealed class DeletionTests
{
    [Fact]
    public async Task Foreground_OwnersInACircle_AllGo()
    {
        await using var cluster = await TestCluster.StartAsync();
        string[] names = ["a", "b", "c"];
        foreach (var name in names)
            await cluster.Client.CreateAsync(new ConfigMap { Metadata = Meta(name) });
        var uids = new Dictionary<string, string>();
        foreach (var name in names)
            uids[name] = (await cluster.Client.GetAsync<ConfigMap>("default", name)).Metadata.Uid;
        for (var i = 0; i < names.Length; i++)
        {
            var owner = names[(i + 1) % names.Length];
            var patch = $$$"""{"metadata":{"ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"{{{owner}}}","uid":"{{{uids[owner]}}}","controller":true,"blockOwnerDeletion":true}]}}""";
            await cluster.Client.PatchAsync<ConfigMap>("default", names[i], Patch.Merge(patch));
        }

        await cluster.Client.DeleteAsync<ConfigMap>("default", "a", new DeleteOptions { PropagationPolicy = "Foreground" });
        await cluster.EventuallyAllAsync<ConfigMap>(all => !all.Any(c => names.Contains(c.Metadata.Name)));
    }

    [Fact]
    public async Task Namespace_PodThatStays_KeepsTheRestUntilItGoes()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Client.CreateAsync(new Namespace { Metadata = new ObjectMeta { Name = "doomed" } });
        var held = new ObjectMeta { Name = "held", Namespace = "doomed", Finalizers = ["example.com/hold"] };
        await cluster.Client.CreateAsync(new Pod { Metadata = held, Spec = Given.Template().Spec });
        await cluster.Client.CreateAsync(new ConfigMap { Metadata = new ObjectMeta { Name = "needed", Namespace = "doomed" } });
        await cluster.Client.DeleteAsync<Namespace>(null, "doomed");
        await cluster.EventuallyAsync<Namespace>("doomed", n => n.Status.Conditions.Any(c =>
            c is { Type: "NamespaceFinalizersRemaining", Status: "True", Message: "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances" }));
        Assert.Null((await cluster.Client.GetAsync<ConfigMap>("doomed", "needed")).Metadata.DeletionTimestamp);
        await cluster.Client.PatchAsync<Pod>("doomed", "held", Patch.Merge("""{"metadata":{"finalizers":null}}"""));
        await cluster.EventuallyAllAsync<Namespace>(all => !all.Any(n => n.Metadata.Name == "doomed"));
    }

    [Fact]
    public async Task Discovery_AskedTwice_IsTheSameValueAndServesOnlyWhatIsThere()
    {
        await using var cluster = await TestCluster.StartAsync();
        var first = await cluster.Metadata.Kinds.AskAsync(TestContext.Current.CancellationToken);
        Assert.Same(first, await cluster.Metadata.Kinds.AskAsync(TestContext.Current.CancellationToken));
        Assert.Same(Pod.Kind, first.Find("v1", "Pod"));
        Assert.Null(first.Find("v1", "Status"));
        Assert.Empty(first.Stale);
        foreach (var kind in first.Preferred.Where(k => k.Verbs.Contains("list")))
            await cluster.Metadata.ListAsync(kind, null, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task CustomKind_AsOwnerAndAsDependent_IsCollected()
    {
        const string Widgets = "/apis/example.com/v1/namespaces/default/widgets";
        await using var cluster = await TestCluster.StartAsync();
        await cluster.ServeWidgetsAsync();
        await cluster.Client.CreateAsync(new ConfigMap { Metadata = Meta("root") });
        var root = await cluster.Client.GetAsync<ConfigMap>("default", "root");
        var widget = JsonNode.Parse(await cluster.SendAsync(HttpMethod.Post, Widgets, $$$"""
            {"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w","ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"root","uid":"{{{root.Metadata.Uid}}}"}]},"spec":{}}
            """))!;
        await cluster.Client.CreateAsync(new ConfigMap
        {
            Metadata = Meta("leaf") with { OwnerReferences = [new OwnerReference { ApiVersion = "example.com/v1", Kind = "Widget", Name = "w", Uid = widget["metadata"]!["uid"]!.GetValue<string>() }] },
        });
        await cluster.Client.DeleteAsync<ConfigMap>("default", "root");
        await cluster.EventuallyAllAsync<ConfigMap>(all => !all.Any(c => c.Metadata.Name is "root" or "leaf"));
        var gone = await Assert.ThrowsAsync<HttpRequestException>(() => cluster.SendAsync(HttpMethod.Get, Widgets + "/w"));
        Assert.Equal(System.Net.HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Namespace_WithCustomObjects_TakesThemAlong()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.ServeWidgetsAsync();
        await cluster.Client.CreateAsync(new Namespace { Metadata = new ObjectMeta { Name = "doomed" } });
        await cluster.SendAsync(HttpMethod.Post, "/apis/example.com/v1/namespaces/doomed/widgets", """{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"},"spec":{}}""");
        await cluster.Client.DeleteAsync<Namespace>(null, "doomed");
        await cluster.EventuallyAllAsync<Namespace>(all => !all.Any(n => n.Metadata.Name == "doomed"));
        var left = JsonNode.Parse(await cluster.SendAsync(HttpMethod.Get, "/apis/example.com/v1/widgets"))!;
        Assert.Empty(left["items"]!.AsArray());
    }

    private static ObjectMeta Meta(string name) => new() { Name = name, Namespace = "default" };
}
