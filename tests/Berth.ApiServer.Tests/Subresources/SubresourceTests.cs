using System.Net;

namespace Berth.ApiServer.Tests.Subresources;

public sealed class SubresourceTests
{
    private const string Pods = "/api/v1/namespaces/default/pods";
    private const string Pod = """{"metadata":{"name":"p","labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"i"}]}}""";

    [Fact]
    public async Task Scale_ReadAndWritten_IsTheDeploymentsReplicas()
    {
        await using var server = await TestServer.StartAsync();
        const string Path = "/apis/apps/v1/namespaces/default/deployments";
        await server.PostAsync(Path, """{"metadata":{"name":"d"},"spec":{"replicas":2,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""");
        var (_, scale) = await server.GetAsync(Path + "/d/scale");
        Assert.Equal(2, (int)scale["spec"]!["replicas"]!);
        Assert.Equal("a=b", (string?)scale["status"]!["selector"]);
        scale["spec"]!["replicas"] = 5;
        var (code, written) = await server.PutAsync(Path + "/d/scale", scale.ToJsonString());
        Assert.Equal(HttpStatusCode.OK, code);
        Assert.Equal(5, (int)written["spec"]!["replicas"]!);
        var (_, deployment) = await server.GetAsync(Path + "/d");
        Assert.Equal(5, (int)deployment["spec"]!["replicas"]!);
        Assert.Equal(2, (int)deployment["metadata"]!["generation"]!);
        Assert.Equal(HttpStatusCode.Conflict, (await server.PutAsync(Path + "/d/scale", scale.ToJsonString())).Code);
    }

    [Fact]
    public async Task Binding_OfABoundPod_IsAConflict()
    {
        await using var server = await TestServer.StartAsync();
        await server.PostAsync(Pods, Pod);
        await server.PostAsync(Pods + "/p/binding", """{"metadata":{"name":"p"},"target":{"kind":"Node","name":"n1"}}""");
        var (_, pod) = await server.GetAsync(Pods + "/p");
        Assert.Equal("n1", (string?)pod["spec"]!["nodeName"]);
        Assert.Contains(pod["status"]!["conditions"]!.AsArray(), c => (string?)c!["type"] == "PodScheduled" && (string?)c["status"] == "True");
        var (code, refusal) = await server.SendAsync(HttpMethod.Post, Pods + "/p/binding", """{"metadata":{"name":"p"},"target":{"kind":"Node","name":"n2"}}""");
        Assert.Equal(HttpStatusCode.Conflict, code);
        Assert.Contains("already assigned to node \"n1\"", (string?)refusal["message"]);
    }

    [Theory]
    [InlineData("""[{"name":"c","resources":{"requests":{"cpu":"150m","storage":"1"},"limits":{"cpu":"200m"}}}]""", "spec: Forbidden: only cpu and memory resources are mutable")]
    [InlineData("""[{"name":"c","resources":{"requests":{"cpu":"150m"}}}]""", "spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed")]
    [InlineData("""[{"name":"c","resources":{"limits":{"cpu":"200m","memory":"1Mi"}}}]""", "spec: Invalid value: \"Burstable\": Pod QOS Class may not change as a result of resizing")]
    [InlineData("""[{"name":"d","resources":{}}]""", "spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize")]
    [InlineData("""[]""", "spec.containers: Forbidden: containers may not be added or removed on resize")]
    [InlineData("""[{"name":"c","image":"other","resources":{"requests":{"cpu":"150m"},"limits":{"cpu":"300m"}}}]""", null)]
    public async Task Resize_ChangesCpuAndMemory_AndRefusesWhatWouldBeAnotherPod(string containers, string? refusal)
    {
        await using var server = await TestServer.StartAsync();
        await server.PostAsync(Pods, """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i","resources":{"requests":{"cpu":"100m"},"limits":{"cpu":"200m"}}}]}}""");
        var (code, answer) = await server.PutAsync(Pods + "/p/resize", $$$"""{"metadata":{"name":"p"},"spec":{"containers":{{{containers}}}}}""");
        if (refusal is not null)
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
            Assert.Equal($"Pod \"p\" is invalid: {refusal}", (string?)answer["message"]);
            return;
        }

        Assert.Equal(HttpStatusCode.OK, code);
        var container = answer["spec"]!["containers"]![0]!;
        Assert.Equal("150m", (string?)container["resources"]!["requests"]!["cpu"]);
        Assert.Equal("300m", (string?)container["resources"]!["limits"]!["cpu"]);
        Assert.Equal("i", (string?)container["image"]);
    }

    [Fact]
    public async Task Eviction_AgainstTheBudget_IsRefusedUntilItAllows()
    {
        await using var server = await TestServer.StartAsync();
        await server.PostAsync(Pods, Pod);
        await server.PatchAsync(Pods + "/p/status", """{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}""");
        const string Budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";
        await server.PostAsync(Budgets, """{"metadata":{"name":"b"},"spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"web"}}}}""");
        await server.PatchAsync(Budgets + "/b/status", """{"status":{"observedGeneration":1,"disruptionsAllowed":0,"currentHealthy":1,"desiredHealthy":1,"expectedPods":1}}""");
        const string Eviction = """{"metadata":{"name":"p"}}""";

        var (code, refusal) = await server.SendAsync(HttpMethod.Post, Pods + "/p/eviction", Eviction);
        Assert.Equal(HttpStatusCode.TooManyRequests, code);
        Assert.Equal("Cannot evict pod as it would violate the pod's disruption budget.", (string?)refusal["message"]);
        Assert.Equal("DisruptionBudget", (string?)refusal["details"]!["causes"]![0]!["reason"]);

        await server.PatchAsync(Budgets + "/b/status", """{"status":{"disruptionsAllowed":1}}""");
        Assert.Equal(HttpStatusCode.Created, (await server.SendAsync(HttpMethod.Post, Pods + "/p/eviction", Eviction)).Code);
        var (_, budget) = await server.GetAsync(Budgets + "/b");
        Assert.NotNull(budget["status"]!["disruptedPods"]!["p"]);
        Assert.Equal(0, (int)budget["status"]!["disruptionsAllowed"]!);
    }

    [Fact]
    public async Task Namespace_Deleted_GoesWhenItsFinalizersDo()
    {
        await using var server = await TestServer.StartAsync("gone");
        var (_, deleting) = await server.DeleteAsync("/api/v1/namespaces/gone");
        Assert.Equal("Terminating", (string?)deleting["status"]!["phase"]);
        // The server's memory, which decides about the next request, may be a moment behind the store.
        await server.Host.Services.Hub.WaitForLatestAsync(TestContext.Current.CancellationToken);
        var (code, refusal) = await server.SendAsync(HttpMethod.Post, "/api/v1/namespaces/gone/configmaps", """{"metadata":{"name":"a"}}""");
        Assert.Equal(HttpStatusCode.Forbidden, code);
        Assert.Equal("NamespaceTerminating", (string?)refusal["details"]!["causes"]![0]!["reason"]);
        deleting["spec"]!.AsObject().Remove("finalizers");
        Assert.Equal(HttpStatusCode.OK, (await server.PutAsync("/api/v1/namespaces/gone/finalize", deleting.ToJsonString())).Code);
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("/api/v1/namespaces/gone")).Code);
    }

    [Fact]
    public async Task Event_OfEitherGroup_IsSeenInBoth()
    {
        await using var server = await TestServer.StartAsync();
        using var watch = await server.WatchAsync("/apis/events.k8s.io/v1/namespaces/default/events?watch=1");
        await server.PostAsync(
            "/api/v1/namespaces/default/events",
            """{"metadata":{"name":"e"},"involvedObject":{"kind":"Pod","name":"p","namespace":"default"},"reason":"Started","message":"hello","type":"Normal"}""");
        var (type, seen) = (await watch.NextAsync())!.Value;
        Assert.Equal("ADDED", type);
        Assert.Equal("events.k8s.io/v1", (string?)seen["apiVersion"]);
        Assert.Equal("hello", (string?)seen["note"]);
        Assert.Equal("p", (string?)seen["regarding"]!["name"]);
    }
}
