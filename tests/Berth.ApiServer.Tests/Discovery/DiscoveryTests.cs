using System.Net;
using System.Text.Json.Nodes;

namespace Berth.ApiServer.Tests.Discovery;

public sealed class DiscoveryTests
{
    [Fact]
    public async Task Groups_Listed_AreThoseOfTheAggregatedDocument()
    {
        await using var server = await TestServer.StartAsync();
        var (_, groups) = await server.GetAsync("/apis");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/apis");
        request.Headers.TryAddWithoutValidation("Accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json");
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var aggregated = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal("APIGroupDiscoveryList", (string?)aggregated["kind"]);
        Assert.Equal(
            groups["groups"]!.AsArray().Select(g => (string)g!["name"]!),
            aggregated["items"]!.AsArray().Select(g => (string)g!["metadata"]!["name"]!));

        using var again = new HttpRequestMessage(HttpMethod.Get, "/apis");
        again.Headers.TryAddWithoutValidation("Accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
        again.Headers.TryAddWithoutValidation("If-None-Match", response.Headers.ETag!.Tag);
        using var unchanged = await server.Client.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Fact]
    public async Task Resources_OfAGroup_ComeWithTheirSubresources()
    {
        await using var server = await TestServer.StartAsync();
        var (_, list) = await server.GetAsync("/apis/apps/v1");
        var names = list["resources"]!.AsArray().Select(r => (string)r!["name"]!).ToList();
        Assert.Contains("deployments", names);
        Assert.Contains("deployments/scale", names);
        var scale = list["resources"]!.AsArray().Single(r => (string)r!["name"]! == "deployments/scale")!;
        Assert.Equal("autoscaling", (string?)scale["group"]);
        Assert.Equal("Scale", (string?)scale["kind"]);
    }

    [Theory]
    [InlineData("/api/v1/foos", HttpStatusCode.NotFound)]
    [InlineData("/apis/foo/v1", HttpStatusCode.NotFound)]
    [InlineData("/nothing", HttpStatusCode.NotFound)]
    [InlineData("/api/v1/namespaces/default/pods/p/foo", HttpStatusCode.NotFound)]
    public async Task UnknownPath_Asked_IsNotFound(string path, HttpStatusCode expected)
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal(expected, (await server.GetAsync(path)).Code);
    }

    [Theory]
    [InlineData("/livez")]
    [InlineData("/readyz")]
    [InlineData("/healthz/etcd")]
    public async Task Health_OfARunningServer_IsOk(string path)
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal("ok", await server.Client.GetStringAsync(path, TestContext.Current.CancellationToken));
        Assert.Contains("[+]etcd ok", await server.Client.GetStringAsync("/readyz?verbose", TestContext.Current.CancellationToken));
    }
}
