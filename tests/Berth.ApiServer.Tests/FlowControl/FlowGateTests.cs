using System.Net;
using System.Text.Json.Nodes;
using Berth.ApiServer.Authentication;

namespace Berth.ApiServer.Tests.FlowControl;

public sealed class FlowGateTests
{
    private const string Group = "/apis/flowcontrol.apiserver.k8s.io/v1";

    [Fact]
    public async Task Request_OfAUserWithASchemaOfItsOwn_NamesSchemaAndLevel()
    {
        await using var server = await TestServer.StartAsync();
        var (schema, level) = await MakeAsync(server, "jane", """{"type":"Limited","limited":{"nominalConcurrencyShares":1,"limitResponse":{"type":"Reject"}}}""");
        using var jane = ClientOf(server, "jane");
        using var john = ClientOf(server, "john");

        using var hers = await jane.GetAsync(new Uri("/api/v1/namespaces", UriKind.Relative));
        using var his = await john.GetAsync(new Uri("/api/v1/namespaces", UriKind.Relative));

        Assert.Equal(schema, hers.Headers.GetValues("X-Kubernetes-PF-FlowSchema-UID").Single());
        Assert.Equal(level, hers.Headers.GetValues("X-Kubernetes-PF-PriorityLevel-UID").Single());
        Assert.False(his.Headers.Contains("X-Kubernetes-PF-FlowSchema-UID"));
    }

    [Fact]
    public async Task Request_OfALevelWithoutSeats_IsRefusedWithATimeToComeBack_AndShownInMetrics()
    {
        await using var server = await TestServer.StartAsync();
        await MakeAsync(server, "jane", """{"type":"Limited","limited":{"nominalConcurrencyShares":0,"borrowingLimitPercent":0,"limitResponse":{"type":"Reject"}}}""");
        using var jane = ClientOf(server, "jane");

        using var answer = await jane.GetAsync(new Uri("/api/v1/namespaces", UriKind.Relative));

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal("1", answer.Headers.GetValues("Retry-After").Single());
        var metrics = await server.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Contains("apiserver_flowcontrol_rejected_requests_total{flow_schema=\"test\",priority_level=\"test\",reason=\"concurrency-limit\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("apiserver_flowcontrol_nominal_limit_seats{priority_level=\"catch-all\"}", metrics, StringComparison.Ordinal);
    }

    private static async Task<(string? Schema, string? Level)> MakeAsync(TestServer server, string user, string level)
    {
        var made = await server.PostAsync(Group + "/prioritylevelconfigurations", $$$"""{"metadata":{"name":"test"},"spec":{{{level}}}}""");
        var schema = await server.PostAsync(Group + "/flowschemas", $$$"""
            {"metadata":{"name":"test"},"spec":{"matchingPrecedence":50,"priorityLevelConfiguration":{"name":"test"},"distinguisherMethod":{"type":"ByUser"},
             "rules":[{"subjects":[{"kind":"User","user":{"name":"{{{user}}}"}}],
             "resourceRules":[{"verbs":["list"],"apiGroups":[""],"resources":["namespaces"],"clusterScope":true}]}]}}
            """);

        // The gate follows the watch cache, which follows the store.
        var deadline = TimeProvider.System.GetTimestamp();
        while (server.Host.Objects.List<Berth.Api.FlowControl.V1.FlowSchema>().Count == 0 && TimeProvider.System.GetElapsedTime(deadline) < TestServer.Deadline)
            await Task.Delay(5);
        return (Uid(schema), Uid(made));
    }

    private static string? Uid(JsonNode value) => (string?)value["metadata"]!["uid"];

    private static HttpClient ClientOf(TestServer server, string user) =>
        new(server.Host.InProcess(UserInfo.Of(user, UserInfo.AuthenticatedGroup))) { BaseAddress = new Uri("https://berth.invalid"), Timeout = TestServer.Deadline };
}
