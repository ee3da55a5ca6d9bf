using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Berth.Api.AdmissionRegistration.V1;
using Berth.ApiServer.Tests.Admission;
using Xunit;

namespace Berth.ApiServer.Tests.Webhooks;

public sealed class AdmissionWebhookTests
{
    private const string ConfigMaps = "/api/v1/namespaces/a/configmaps";

    [Fact]
    public async Task Mutating_Patch_IsWhatIsStored()
    {
        await using var hook = await TestWebhook.StartAsync(_ => Task.FromResult(Patch("""[{"op":"add","path":"/data/added","value":"yes"}]""")));
        await using var server = await AdmissionServer.StartAsync();
        await ConfigureAsync(server, "mutating", hook);

        var created = await server.CreateAsync(ConfigMaps, """{"metadata":{"name":"c"},"data":{"a":"1"}}""");

        Assert.Equal("""{"a":"1","added":"yes"}""", created["data"]!.ToJsonString());
        var asked = Assert.Single(hook.Asked);
        Assert.Equal("CREATE", asked["operation"]!.ToString());
        Assert.Equal("configmaps", asked["resource"]!["resource"]!.ToString());
        Assert.Equal("admin", asked["userInfo"]!["username"]!.ToString());
        Assert.Equal("ConfigMap", asked["object"]!["kind"]!.ToString());
        Assert.Null(asked["oldObject"]);
    }

    [Fact]
    public async Task Validating_Refusal_ReachesTheClientWithItsWarnings()
    {
        await using var hook = await TestWebhook.StartAsync(_ => Task.FromResult(
            new JsonObject { ["allowed"] = false, ["status"] = new JsonObject { ["code"] = 403, ["message"] = "not here", ["reason"] = "Because" } }));
        await using var server = await AdmissionServer.StartAsync();
        await ConfigureAsync(server, "validating", hook);

        var (code, status) = await server.SendAsync(HttpMethod.Post, ConfigMaps, """{"metadata":{"name":"c"}}""");

        Assert.Equal(HttpStatusCode.Forbidden, code);
        Assert.Equal("admission webhook \"hook.test.example\" denied the request: not here", status["message"]!.ToString());
        Assert.Equal("Because", status["reason"]!.ToString());
    }

    [Fact]
    public async Task Validating_DeleteOfAnObject_SeesWhatGoes()
    {
        await using var hook = await TestWebhook.StartAsync(r => Task.FromResult(new JsonObject { ["allowed"] = r["operation"]!.ToString() != "DELETE" }));
        await using var server = await AdmissionServer.StartAsync();
        await ConfigureAsync(server, "validating", hook);
        await server.CreateAsync(ConfigMaps, """{"metadata":{"name":"c"},"data":{"a":"1"}}""");

        var (code, status) = await server.SendAsync(HttpMethod.Delete, ConfigMaps + "/c");

        Assert.Equal(HttpStatusCode.BadRequest, code);
        Assert.EndsWith("denied the request without explanation", status["message"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal("1", hook.Asked[^1]["oldObject"]!["data"]!["a"]!.ToString());
    }

    [Theory]
    [InlineData("Fail", HttpStatusCode.InternalServerError)]
    [InlineData("Ignore", HttpStatusCode.Created)]
    public async Task Webhook_TooSlow_FollowsItsFailurePolicy(string policy, HttpStatusCode expected)
    {
        var never = new TaskCompletionSource<JsonObject>();
        await using var hook = await TestWebhook.StartAsync(_ => never.Task);
        await using var server = await AdmissionServer.StartAsync();
        await ConfigureAsync(server, "validating", hook, $"\"failurePolicy\":\"{policy}\",\"timeoutSeconds\":1,");

        var (code, answer) = await server.SendAsync(HttpMethod.Post, ConfigMaps, """{"metadata":{"name":"c"}}""");

        never.SetResult([]);
        Assert.Equal(expected, code);
        if (policy == "Fail")
            Assert.Contains("?timeout=1s\": context deadline exceeded", answer["message"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Webhook_OfAnotherAuthority_IsNotTrusted()
    {
        await using var hook = await TestWebhook.StartAsync(_ => Task.FromResult(new JsonObject { ["allowed"] = true }));
        await using var other = await TestWebhook.StartAsync(_ => Task.FromResult(new JsonObject { ["allowed"] = true }));
        await using var server = await AdmissionServer.StartAsync();
        await ConfigureAsync(server, "validating", hook, authority: other.Authority);

        var (code, status) = await server.SendAsync(HttpMethod.Post, ConfigMaps, """{"metadata":{"name":"c"}}""");

        Assert.Equal(HttpStatusCode.InternalServerError, code);
        Assert.Contains("failed calling webhook \"hook.test.example\"", status["message"]!.ToString(), StringComparison.Ordinal);
        Assert.Empty(hook.Asked);
    }

    [Fact]
    public async Task Webhook_SelectorsAndRules_ChooseTheRequests()
    {
        await using var hook = await TestWebhook.StartAsync(_ => Task.FromResult(new JsonObject { ["allowed"] = false }));
        await using var server = await AdmissionServer.StartAsync();
        await ConfigureAsync(server, "validating", hook, "\"objectSelector\":{\"matchLabels\":{\"check\":\"me\"}},");

        await server.CreateAsync(ConfigMaps, """{"metadata":{"name":"c"}}""");
        await server.CreateAsync("/api/v1/namespaces/a/secrets", """{"metadata":{"name":"c","labels":{"check":"me"}}}""");
        var (code, _) = await server.SendAsync(HttpMethod.Post, ConfigMaps, """{"metadata":{"name":"d","labels":{"check":"me"}}}""");

        Assert.Equal(HttpStatusCode.BadRequest, code);
        Assert.Single(hook.Asked);
    }

    private static JsonObject Patch(string patch) => new()
    {
        ["allowed"] = true, ["patchType"] = "JSONPatch", ["patch"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(patch)),
    };

    private static async Task ConfigureAsync(AdmissionServer server, string sort, TestWebhook hook, string more = "", string? authority = null)
    {
        await server.CreateAsync($"/apis/admissionregistration.k8s.io/v1/{sort}webhookconfigurations", $$$"""
        {"metadata":{"name":"test"},"webhooks":[{"name":"hook.test.example",{{{more}}}"sideEffects":"None","admissionReviewVersions":["v1"],
          "clientConfig":{"url":"{{{hook.Url}}}/","caBundle":"{{{authority ?? hook.Authority}}}"},
          "rules":[{"operations":["*"],"apiGroups":[""],"apiVersions":["v1"],"resources":["configmaps"]}]}]}
        """);

        // Webhooks are asked once the server's memory has them, a moment after they were created.
        using var deadline = new CancellationTokenSource(TestServer.Deadline);
        while (server.Host.Objects.List<MutatingWebhookConfiguration>().Count + server.Host.Objects.List<ValidatingWebhookConfiguration>().Count == 0)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
