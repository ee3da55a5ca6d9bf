using System.Net;

namespace Berth.ApiServer.Tests.Watch;

public sealed class ListWatchTests
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";

    [Fact]
    public async Task Watch_WithoutVersion_BeginsWithWhatIsThere()
    {
        await using var server = await TestServer.StartAsync();
        await server.PostAsync(ConfigMaps, """{"metadata":{"name":"a"}}""");
        using var watch = await server.WatchAsync(ConfigMaps + "?watch=1");
        Assert.Equal("ADDED a", await watch.NextNameAsync());
        await server.PostAsync(ConfigMaps, """{"metadata":{"name":"b"}}""");
        Assert.Equal("ADDED b", await watch.NextNameAsync());
        await server.PatchAsync(ConfigMaps + "/a", """{"data":{"x":"y"}}""");
        Assert.Equal("MODIFIED a", await watch.NextNameAsync());
        await server.DeleteAsync(ConfigMaps + "/a");
        Assert.Equal("DELETED a", await watch.NextNameAsync());
    }

    [Fact]
    public async Task Watch_FromAListsVersion_SeesExactlyWhatCameAfter()
    {
        await using var server = await TestServer.StartAsync();
        await server.PostAsync(ConfigMaps, """{"metadata":{"name":"a"}}""");
        var (_, list) = await server.GetAsync(ConfigMaps);
        await server.PostAsync(ConfigMaps, """{"metadata":{"name":"b"}}""");
        await server.DeleteAsync(ConfigMaps + "/a");
        using var watch = await server.WatchAsync($"{ConfigMaps}?watch=1&resourceVersion={list["metadata"]!["resourceVersion"]}");
        Assert.Equal("ADDED b", await watch.NextNameAsync());
        Assert.Equal("DELETED a", await watch.NextNameAsync());
    }

    [Fact]
    public async Task Watch_WithSelector_TurnsLeavingAndComingIntoDeletedAndAdded()
    {
        await using var server = await TestServer.StartAsync();
        using var watch = await server.WatchAsync(ConfigMaps + "?watch=1&labelSelector=app%3Dweb");
        await server.PostAsync(ConfigMaps, """{"metadata":{"name":"a"}}""");
        await server.PatchAsync(ConfigMaps + "/a", """{"metadata":{"labels":{"app":"web"}}}""");
        Assert.Equal("ADDED a", await watch.NextNameAsync());
        await server.PatchAsync(ConfigMaps + "/a", """{"data":{"x":"y"}}""");
        Assert.Equal("MODIFIED a", await watch.NextNameAsync());
        await server.PatchAsync(ConfigMaps + "/a", """{"metadata":{"labels":{"app":"db"}}}""");
        Assert.Equal("DELETED a", await watch.NextNameAsync());
    }

    [Fact]
    public async Task List_InPages_IsConsistentAtTheFirstPagesVersion()
    {
        await using var server = await TestServer.StartAsync();
        foreach (var name in new[] { "a", "b", "c", "d" })
            await server.PostAsync(ConfigMaps, $$$"""{"metadata":{"name":"{{{name}}}"}}""");
        var (_, first) = await server.GetAsync(ConfigMaps + "?limit=2");
        Assert.Equal(2, (int)first["metadata"]!["remainingItemCount"]!);
        await server.DeleteAsync(ConfigMaps + "/d");
        await server.PostAsync(ConfigMaps, """{"metadata":{"name":"e"}}""");
        var (_, second) = await server.GetAsync($"{ConfigMaps}?limit=2&continue={first["metadata"]!["continue"]}");
        Assert.Equal(["c", "d"], second["items"]!.AsArray().Select(i => (string)i!["metadata"]!["name"]!));
        Assert.Null(second["metadata"]!["continue"]);
        Assert.Equal((string?)first["metadata"]!["resourceVersion"], (string?)second["metadata"]!["resourceVersion"]);
    }

    [Fact]
    public async Task Watch_FromForgottenVersion_EndsWithGone()
    {
        await using var server = await TestServer.StartAsync();
        for (var i = 0; i < 4200; i++)
            await server.PatchAsync("/api/v1/namespaces/default", "{\"metadata\":{\"annotations\":{\"i\":\"" + i + "\"}}}");
        using var watch = await server.WatchAsync("/api/v1/namespaces?watch=1&resourceVersion=1");
        var (type, status) = (await watch.NextAsync())!.Value;
        Assert.Equal("ERROR", type);
        Assert.Equal(410, (int)status["code"]!);
        Assert.Equal("Expired", (string?)status["reason"]);
        Assert.Null(await watch.NextAsync());
    }

    [Fact]
    public async Task List_AtAFutureVersion_TimesOutAndSaysSo()
    {
        await using var server = await TestServer.StartAsync();
        var (code, status) = await server.GetAsync(ConfigMaps + "?resourceVersion=999999");
        Assert.Equal(HttpStatusCode.GatewayTimeout, code);
        Assert.Equal("ResourceVersionTooLarge", (string?)status["details"]!["causes"]![0]!["reason"]);
    }

    [Fact]
    public async Task Watch_AskingForInitialEvents_MarksTheirEnd()
    {
        await using var server = await TestServer.StartAsync();
        await server.PostAsync(ConfigMaps, """{"metadata":{"name":"a"}}""");
        using var watch = await server.WatchAsync(ConfigMaps + "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");
        Assert.Equal("ADDED a", await watch.NextNameAsync());
        var (type, bookmark) = (await watch.NextAsync())!.Value;
        Assert.Equal("BOOKMARK", type);
        Assert.Equal("true", (string?)bookmark["metadata"]!["annotations"]!["k8s.io/initial-events-end"]);
        Assert.Equal(server.Store.Current.ToString(), (string?)bookmark["metadata"]!["resourceVersion"]);
    }

    [Fact]
    public async Task Watch_WhenTheServerStops_Ends()
    {
        var server = await TestServer.StartAsync();
        using var watch = await server.WatchAsync(ConfigMaps + "?watch=1");
        await server.Host.DisposeAsync();
        Assert.Equal("end", await watch.NextNameAsync());
        await server.DisposeAsync();
    }
}
