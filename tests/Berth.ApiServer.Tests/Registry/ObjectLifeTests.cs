using System.Net;

namespace Berth.ApiServer.Tests.Registry;

public sealed class ObjectLifeTests
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";

    [Fact]
    public async Task Create_ThenGet_GivesTheObjectWithItsSystemMetadata()
    {
        await using var server = await TestServer.StartAsync();
        var created = await server.PostAsync(ConfigMaps, """{"metadata":{"name":"a"},"data":{"k":"v"}}""");
        var (code, read) = await server.GetAsync(ConfigMaps + "/a");

        Assert.Equal(HttpStatusCode.OK, code);
        Assert.Equal(created.ToJsonString(), read.ToJsonString());
        Assert.Equal("ConfigMap", (string?)read["kind"]);
        Assert.Equal("default", (string?)read["metadata"]!["namespace"]);
        Assert.NotNull(read["metadata"]!["uid"]);
        Assert.NotNull(read["metadata"]!["creationTimestamp"]);
        Assert.Equal(server.Store.Current.ToString(), (string?)read["metadata"]!["resourceVersion"]);
    }

    [Fact]
    public async Task Update_OfAnOldVersion_IsAConflict()
    {
        await using var server = await TestServer.StartAsync();
        var created = await server.PostAsync(ConfigMaps, """{"metadata":{"name":"a"},"data":{"k":"v"}}""");
        created["data"]!["k"] = "w";
        var (first, _) = await server.PutAsync(ConfigMaps + "/a", created.ToJsonString());
        var (second, refusal) = await server.PutAsync(ConfigMaps + "/a", created.ToJsonString());

        Assert.Equal(HttpStatusCode.OK, first);
        Assert.Equal(HttpStatusCode.Conflict, second);
        Assert.Equal(
            "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again",
            (string?)refusal["message"]);
    }

    [Fact]
    public async Task Update_ThatChangesNothing_KeepsTheVersion()
    {
        await using var server = await TestServer.StartAsync();
        var created = await server.PostAsync(ConfigMaps, """{"metadata":{"name":"a"},"data":{"k":"v"}}""");
        var (_, updated) = await server.PutAsync(ConfigMaps + "/a", created.ToJsonString());
        Assert.Equal((string?)created["metadata"]!["resourceVersion"], (string?)updated["metadata"]!["resourceVersion"]);
    }

    [Fact]
    public async Task Delete_WithFinalizer_WaitsUntilItIsTakenAway()
    {
        await using var server = await TestServer.StartAsync();
        await server.PostAsync(ConfigMaps, """{"metadata":{"name":"a","finalizers":["example.com/hold"]}}""");
        var (_, deleting) = await server.DeleteAsync(ConfigMaps + "/a");
        Assert.NotNull(deleting["metadata"]!["deletionTimestamp"]);
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync(ConfigMaps + "/a")).Code);

        var (code, _) = await server.PatchAsync(ConfigMaps + "/a", """{"metadata":{"finalizers":null}}""");
        Assert.Equal(HttpStatusCode.OK, code);
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync(ConfigMaps + "/a")).Code);
    }

    [Fact]
    public async Task Create_WithUnknownField_IsRefusedOrWarnedAboutAsAsked()
    {
        await using var server = await TestServer.StartAsync();
        var (strict, refusal) = await server.SendAsync(HttpMethod.Post, ConfigMaps + "?fieldValidation=Strict", """{"metadata":{"name":"a"},"foo":1}""");
        Assert.Equal(HttpStatusCode.BadRequest, strict);
        Assert.Contains("strict decoding error: unknown field \"foo\"", (string?)refusal["message"]);

        using var content = new StringContent("""{"metadata":{"name":"a"},"foo":1}""", System.Text.Encoding.UTF8, "application/json");
        using var response = await server.Client.PostAsync(ConfigMaps, content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("299 - \"unknown field \\\"foo\\\"\"", Assert.Single(response.Headers.GetValues("Warning")));
    }

    [Fact]
    public async Task Create_InMissingNamespace_IsNotFound()
    {
        await using var server = await TestServer.StartAsync();
        var (code, refusal) = await server.SendAsync(HttpMethod.Post, "/api/v1/namespaces/nope/configmaps", """{"metadata":{"name":"a"}}""");
        Assert.Equal(HttpStatusCode.NotFound, code);
        Assert.Equal("namespaces \"nope\" not found", (string?)refusal["message"]);
    }

    [Fact]
    public async Task GenerateName_MakesDifferentNames()
    {
        await using var server = await TestServer.StartAsync();
        var names = new HashSet<string>();
        for (var i = 0; i < 20; i++)
            names.Add((string)(await server.PostAsync(ConfigMaps, """{"metadata":{"generateName":"a-"}}"""))["metadata"]!["name"]!);
        Assert.Equal(20, names.Count);
        Assert.All(names, n => Assert.Matches("^a-[bcdfghjklmnpqrstvwxz2456789]{5}$", n));
    }
}
