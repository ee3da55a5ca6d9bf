using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace Berth.ApiServer.Tests.Apply;

public sealed class ApplyOverHttpTests
{
    private const string Path = "/api/v1/namespaces/default/configmaps/c";

    [Fact]
    public async Task Apply_FieldOfAnotherManager_ConflictsUntilForced()
    {
        await using var server = await TestServer.StartAsync();
        var (created, _) = await Apply(server, "alice", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: '1', b: '1'}\n");
        Assert.Equal(HttpStatusCode.Created, created);

        var (code, status) = await Apply(server, "bob", "{apiVersion: v1, kind: ConfigMap, data: {a: '2', c: '3'}}");

        Assert.Equal(HttpStatusCode.Conflict, code);
        Assert.Equal("Apply failed with 1 conflict: conflict with \"alice\": .data.a", status["message"]!.ToString());
        Assert.Equal("FieldManagerConflict", status["details"]!["causes"]![0]!["reason"]!.ToString());

        var (forced, result) = await Apply(server, "bob", "{apiVersion: v1, kind: ConfigMap, data: {a: '2', c: '3'}}", "&force=true");

        Assert.Equal(HttpStatusCode.OK, forced);
        Assert.Equal("""{"a":"2","b":"1","c":"3"}""", result["data"]!.ToJsonString());
        Assert.Equal(["alice", "bob"], Managers(result));

        // What bob leaves out goes, what alice owns stays.
        (_, result) = await Apply(server, "bob", "{apiVersion: v1, kind: ConfigMap}");
        Assert.Equal("""{"b":"1"}""", result["data"]!.ToJsonString());
        Assert.Equal(["alice"], Managers(result));
    }

    [Fact]
    public async Task Apply_NothingNew_WritesNothing()
    {
        await using var server = await TestServer.StartAsync();
        var (_, first) = await Apply(server, "alice", "{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: '1'}}");

        var (_, second) = await Apply(server, "alice", "{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: '1'}}");

        Assert.Equal(first["metadata"]!.ToJsonString(), second["metadata"]!.ToJsonString());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[{}]")]
    public async Task Write_EmptyManagedFields_ForgetsTheOwners(string empty)
    {
        await using var server = await TestServer.StartAsync();
        await Apply(server, "alice", "{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: '1'}}");

        var (_, patched) = await server.PatchAsync(Path, $$$"""{"metadata":{"managedFields":{{{empty}}}}}""");
        Assert.Empty(Managers(patched));

        var (_, applied) = await Apply(server, "bob", "{apiVersion: v1, kind: ConfigMap, data: {b: '1'}}");
        Assert.Equal(["before-first-apply", "bob"], Managers(applied).Order());
        var body = applied.DeepClone();
        body["metadata"]!["managedFields"] = JsonNode.Parse(empty);

        var (_, put) = await server.PutAsync(Path, body.ToJsonString());

        Assert.Empty(Managers(put));
    }

    [Theory]
    [InlineData("{apiVersion: v1, kind: ConfigMap, datas: {}}", ".datas: field not declared in schema")]
    [InlineData("{apiVersion: v2, kind: ConfigMap}", "Incorrect version specified in apply patch. Specified patch version: v2, expected: v1")]
    [InlineData("{apiVersion: v1, kind: ConfigMap, metadata: {managedFields: []}}", "metadata.managedFields must be nil")]
    [InlineData("{apiVersion: v1, kind: ConfigMap, data: [", "error decoding YAML")]
    [InlineData("[]", "a configuration to apply is an object")]
    public async Task Apply_MalformedConfiguration_IsABadRequest(string body, string message)
    {
        await using var server = await TestServer.StartAsync();

        var (code, status) = await Apply(server, "alice", body);

        Assert.Equal(HttpStatusCode.BadRequest, code);
        Assert.Contains(message, status["message"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_YamlWithAKeyTwice_IsRefusedWhenStrict()
    {
        await using var server = await TestServer.StartAsync();
        const string Body = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  a: '1'\n  a: '2'\n";

        var (code, status) = await server.SendAsync(
            HttpMethod.Post, "/api/v1/namespaces/default/configmaps?fieldValidation=Strict", Body, "application/yaml");

        Assert.Equal(HttpStatusCode.BadRequest, code);
        Assert.Contains("strict decoding error: yaml: unmarshal errors:\n  line 6: key \"a\" already set in map", status["message"]!.ToString(), StringComparison.Ordinal);
    }

    private static Task<(HttpStatusCode Code, JsonNode Body)> Apply(TestServer server, string manager, string body, string more = "") =>
        server.SendAsync(HttpMethod.Patch, $"{Path}?fieldManager={manager}{more}", body, "application/apply-patch+yaml");

    private static IEnumerable<string> Managers(JsonNode value) =>
        (value["metadata"]!["managedFields"] as JsonArray ?? []).Select(e => e!["manager"]!.ToString());
}
