using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace Berth.ApiServer.Tests.CustomResources;

public sealed class CustomResourceTests
{
    [Fact]
    public async Task Create_ObjectWithUnknownFields_IsPrunedAndDefaulted()
    {
        await using var server = await TestServer.StartAsync();
        await Crontabs.DefineAsync(server);

        var created = await server.PostAsync(Crontabs.Path, Crontabs.Object("a", """{"cron":"* *","unknown":1,"free":{"x":{"y":1}},"port":"http"}"""));

        Assert.Equal("""{"cron":"* *","free":{"x":{"y":1}},"port":"http","image":"busybox"}""", created["spec"]!.ToJsonString());
        Assert.Equal(1, created["metadata"]!["generation"]!.GetValue<int>());
    }

    [Fact]
    public async Task Create_ObjectAgainstTheSchema_NamesEachFault()
    {
        await using var server = await TestServer.StartAsync();
        await Crontabs.DefineAsync(server);

        var (code, status) = await server.SendAsync(
            HttpMethod.Post,
            Crontabs.Path,
            Crontabs.Object("a", """{"cron":"abc","replicas":11,"image":5,"color":"blue","tags":["a","a"],"ports":[{"name":"p"},{"name":"p"},{}],"embedded":{"kind":"X"}}"""));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
        Assert.Equal(
            [
                "spec.color: Unsupported value: \"blue\": supported values: \"red\", \"green\"",
                "spec.cron: Invalid value: \"abc\": spec.cron in body should match '^[0-9* ]+$'",
                "spec.embedded.apiVersion: Required value: must not be empty",
                "spec.image: Invalid value: \"integer\": spec.image in body must be of type string: \"integer\"",
                "spec.ports[1]: Duplicate value: {\"name\":\"p\"}",
                "spec.ports[2].name: Required value",
                "spec.replicas: Invalid value: 11: spec.replicas in body should be less than or equal to 10",
                "spec.tags[1]: Duplicate value: \"a\"",
            ],
            Crontabs.Causes(status));
    }

    [Fact]
    public async Task Create_StrictFieldValidation_RefusesUnknownAndRepeatedFields()
    {
        await using var server = await TestServer.StartAsync();
        await Crontabs.DefineAsync(server);

        var (code, status) = await server.SendAsync(
            HttpMethod.Post,
            Crontabs.Path + "?fieldValidation=Strict",
            """{"apiVersion":"stable.example.com/v1","kind":"CronTab","metadata":{"name":"a","odd":1},"spec":{"cron":"*","cron":"* *","x":1,"embedded":{"apiVersion":"v1","kind":"K","metadata":{"odd":1}}}}""");

        Assert.Equal(HttpStatusCode.BadRequest, code);
        Assert.EndsWith(
            "strict decoding error: unknown field \"metadata.odd\", duplicate field \"spec.cron\", unknown field \"spec.x\", unknown field \"spec.embedded.metadata.odd\"",
            status["message"]!.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Update_StatusAndSpec_ChangeOnlyTheirOwn()
    {
        await using var server = await TestServer.StartAsync();
        await Crontabs.DefineAsync(server);
        await server.PostAsync(Crontabs.Path, Crontabs.Object("a", """{"cron":"*"}"""));

        var (_, patched) = await server.PatchAsync(Crontabs.Path + "/a", """{"spec":{"cron":"* *"},"status":{"replicas":9}}""");
        Assert.Null(patched["status"]);
        Assert.Equal(2, patched["metadata"]!["generation"]!.GetValue<int>());

        (_, patched) = await server.PatchAsync(Crontabs.Path + "/a/status", """{"spec":{"cron":"0"},"status":{"replicas":2,"selector":"a=b"}}""");
        Assert.Equal("* *", patched["spec"]!["cron"]!.ToString());
        Assert.Equal(2, patched["metadata"]!["generation"]!.GetValue<int>());

        var (_, scale) = await server.PatchAsync(Crontabs.Path + "/a/scale", """{"spec":{"replicas":4}}""");
        Assert.Equal("""{"replicas":4}""", scale["spec"]!.ToJsonString());
        Assert.Equal("""{"replicas":2,"selector":"a=b"}""", scale["status"]!.ToJsonString());
        Assert.Equal(4, (await server.GetAsync(Crontabs.Path + "/a")).Body["spec"]!["replicas"]!.GetValue<int>());
    }

    [Fact]
    public async Task Apply_KeyedListAndFreeJson_MergesByTheSchema()
    {
        await using var server = await TestServer.StartAsync();
        await Crontabs.DefineAsync(server);
        await Apply("one", """{"cron":"*","ports":[{"name":"a","port":1}],"free":{"x":1}}""");

        var (code, merged) = await Apply("two", """{"ports":[{"name":"b","port":2}],"free":{"y":2}}""");

        Assert.Equal(HttpStatusCode.OK, code);
        Assert.Equal("""[{"name":"a","port":1},{"name":"b","port":2}]""", merged["spec"]!["ports"]!.ToJsonString());
        Assert.Equal("""{"x":1,"y":2}""", merged["spec"]!["free"]!.ToJsonString());
        var (conflict, status) = await Apply("two", """{"cron":"0"}""");
        Assert.Equal(HttpStatusCode.Conflict, conflict);
        Assert.Contains(".spec.cron", status["message"]!.ToString(), StringComparison.Ordinal);

        Task<(HttpStatusCode Code, JsonNode Body)> Apply(string manager, string spec) =>
            server.PatchAsync($"{Crontabs.Path}/a?fieldManager={manager}", Crontabs.Object("a", spec), "apply-patch+yaml");
    }

    [Fact]
    public async Task List_FieldSelectorAndTable_ComeFromTheDefinition()
    {
        await using var server = await TestServer.StartAsync();
        await Crontabs.DefineAsync(server);
        await server.PostAsync(Crontabs.Path, Crontabs.Object("a", """{"cron":"*","replicas":3}"""));
        await server.PostAsync(Crontabs.Path, Crontabs.Object("b", """{"cron":"0"}"""));

        var (_, list) = await server.GetAsync(Crontabs.Path + "?fieldSelector=spec.cron%3D0");
        Assert.Equal("CronTabList", list["kind"]!.ToString());
        Assert.Equal("b", Assert.Single((JsonArray)list["items"]!)!["metadata"]!["name"]!.ToString());
        Assert.Equal("CronTab", list["items"]![0]!["kind"]!.ToString());

        using var request = new HttpRequestMessage(HttpMethod.Get, Crontabs.Path);
        request.Headers.TryAddWithoutValidation("Accept", "application/json;as=Table;g=meta.k8s.io;v=v1");
        using var response = await server.Client.SendAsync(request);
        var table = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal(["Name", "Cron", "Replicas"], ((JsonArray)table["columnDefinitions"]!).Select(c => c!["name"]!.ToString()));
        Assert.Equal(["""["a","*",3]""", """["b","0",null]"""], ((JsonArray)table["rows"]!).Select(r => r!["cells"]!.ToJsonString()));
    }

    [Fact]
    public async Task Versions_OneStored_AreShownAsEach()
    {
        await using var server = await TestServer.StartAsync();
        await Crontabs.DefineAsync(server, Crontabs.Version("v1", storage: true), Crontabs.Version("v2", storage: false, more: ",\"deprecated\":true"));
        const string V2 = "/apis/stable.example.com/v2/namespaces/default/crontabs";
        using var watch = await server.WatchAsync(V2 + "?watch=1");
        await server.PostAsync(Crontabs.Path, Crontabs.Object("a", """{"cron":"*"}"""));

        Assert.Equal("stable.example.com/v2", (await watch.NextAsync())!.Value.Object["apiVersion"]!.ToString());
        var (_, shown) = await server.GetAsync(V2 + "/a");
        Assert.Equal("stable.example.com/v2", shown["apiVersion"]!.ToString());
        shown["spec"]!["cron"] = "0";
        Assert.Equal(HttpStatusCode.OK, (await server.PutAsync(V2 + "/a", shown.ToJsonString())).Code);
        var (_, stored) = await server.GetAsync(Crontabs.Path + "/a");
        Assert.Equal("0", stored["spec"]!["cron"]!.ToString());
        using var response = await server.Client.GetAsync(new Uri(V2, UriKind.Relative));
        Assert.Contains("v2 CronTab is deprecated", response.Headers.GetValues("Warning").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Definition_Changed_HoldsForTheNextRequest()
    {
        await using var server = await TestServer.StartAsync();
        await Crontabs.DefineAsync(server);
        await server.PostAsync(Crontabs.Path, Crontabs.Object("a", """{"cron":"*"}"""));

        var (code, _) = await server.PatchAsync(
            $"{Crontabs.DefinitionPath}/{Crontabs.Name}",
            """[{"op":"add","path":"/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/late","value":{"type":"string","default":"yes"}}]""",
            "json-patch+json");
        Assert.Equal(HttpStatusCode.OK, code);

        Assert.Equal("yes", (await server.GetAsync(Crontabs.Path + "/a")).Body["spec"]!["late"]!.ToString());
    }

    [Fact]
    public async Task Definition_Deleted_TakesItsObjectsAlong()
    {
        await using var server = await TestServer.StartAsync();
        await Crontabs.DefineAsync(server);
        await server.PostAsync(Crontabs.Path, Crontabs.Object("a", """{"cron":"*"}"""));
        using var watch = await server.WatchAsync(Crontabs.Path + "?watch=1");
        Assert.Equal("ADDED a", await watch.NextNameAsync());

        await server.DeleteAsync($"{Crontabs.DefinitionPath}/{Crontabs.Name}");

        Assert.Equal("DELETED a", await watch.NextNameAsync());
        await Crontabs.UntilAsync(async () => (await server.GetAsync($"{Crontabs.DefinitionPath}/{Crontabs.Name}")).Code == HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync(Crontabs.Path)).Code);

        // Made again, it is another kind without objects.
        await Crontabs.DefineAsync(server);
        Assert.Empty((JsonArray)(await server.GetAsync(Crontabs.Path)).Body["items"]!);
    }

    [Fact]
    public async Task Discovery_Definition_IsListedWhileItIsServed()
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("/apis/stable.example.com/v1")).Code);
        await Crontabs.DefineAsync(server, Crontabs.Version("v1beta1", storage: false), Crontabs.Version("v1", storage: true));

        var (_, group) = await server.GetAsync("/apis/stable.example.com");
        Assert.Equal("v1", group["preferredVersion"]!["version"]!.ToString());
        var (_, resources) = await server.GetAsync("/apis/stable.example.com/v1");
        Assert.Equal(["crontabs", "crontabs/scale", "crontabs/status"], ((JsonArray)resources["resources"]!).Select(r => r!["name"]!.ToString()));
        var (_, openApi) = await server.GetAsync("/openapi/v3/apis/stable.example.com/v1");
        var schema = openApi["components"]!["schemas"]!["com.example.stable.v1.CronTab"]!;
        Assert.Equal("^[0-9* ]+$", schema["properties"]!["spec"]!["properties"]!["cron"]!["pattern"]!.ToString());
        Assert.NotNull(schema["properties"]!["metadata"]);
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{}}}""", "spec.versions[0].schema.openAPIV3Schema.properties[a].type: Required value: must not be empty for specified object fields")]
    [InlineData("""{"type":"string"}""", "spec.versions[0].schema.openAPIV3Schema.type: Invalid value: \"string\": must be object at the root")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array"}}}""", "spec.versions[0].schema.openAPIV3Schema.properties[a].items: Required value: must be specified")]
    public async Task Definition_SchemaThatIsNotStructural_IsRefused(string schema, string problem)
    {
        await using var server = await TestServer.StartAsync();
        const string Bare = """{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":SCHEMA}}""";

        var (code, status) = await server.SendAsync(
            HttpMethod.Post, Crontabs.DefinitionPath, Crontabs.Definition(Bare.Replace("SCHEMA", schema, StringComparison.Ordinal)));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
        Assert.Contains(problem, Crontabs.Causes(status));
    }

    [Fact]
    public async Task Definition_NamesInUse_IsNotEstablished()
    {
        await using var server = await TestServer.StartAsync();
        await Crontabs.DefineAsync(server);
        var other = Crontabs.Definition(Crontabs.Version("v1", storage: true))
            .Replace("\"crontabs\"", "\"others\"", StringComparison.Ordinal).Replace(Crontabs.Name, "others.stable.example.com", StringComparison.Ordinal);

        await server.PostAsync(Crontabs.DefinitionPath, other);

        JsonNode? conditions = null;
        await Crontabs.UntilAsync(async () =>
            (conditions = (await server.GetAsync($"{Crontabs.DefinitionPath}/others.stable.example.com")).Body["status"]?["conditions"]) is JsonArray { Count: > 0 });
        Assert.Equal("False", conditions![0]!["status"]!.ToString());
        Assert.Equal("\"CronTabList\" is already in use", conditions[0]!["message"]!.ToString());
    }
}
