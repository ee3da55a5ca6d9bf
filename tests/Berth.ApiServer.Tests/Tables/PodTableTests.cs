using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Tables;

namespace Berth.ApiServer.Tests.Tables;

public sealed class PodTableTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData("""{"status":{"phase":"Pending"}}""", "0/1", "Pending", "0")]
    [InlineData("""{"status":{"phase":"Pending","containerStatuses":[{"name":"c","state":{"waiting":{"reason":"ContainerCreating"}}}]}}""", "0/1", "ContainerCreating", "0")]
    [InlineData("""{"status":{"phase":"Running","containerStatuses":[{"name":"c","ready":true,"state":{"running":{}}}]}}""", "1/1", "Running", "0")]
    [InlineData("""{"status":{"phase":"Running","containerStatuses":[{"name":"c","restartCount":3,"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"exitCode":1,"finishedAt":"2026-01-02T03:03:05Z"}}}]}}""", "0/1", "CrashLoopBackOff", "3 (60s ago)")]
    [InlineData("""{"status":{"phase":"Succeeded","containerStatuses":[{"name":"c","state":{"terminated":{"exitCode":0,"reason":"Completed"}}}]}}""", "0/1", "Completed", "0")]
    [InlineData("""{"status":{"phase":"Failed","containerStatuses":[{"name":"c","state":{"terminated":{"exitCode":2}}}]}}""", "0/1", "ExitCode:2", "0")]
    [InlineData("""{"spec":{"initContainers":[{"name":"i"},{"name":"j"}]},"status":{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"terminated":{"exitCode":0}}},{"name":"j","state":{"running":{}}}]}}""", "0/1", "Init:1/2", "0")]
    [InlineData("""{"spec":{"initContainers":[{"name":"i"}]},"status":{"phase":"Pending","initContainerStatuses":[{"name":"i","restartCount":2,"state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}}""", "0/1", "Init:CrashLoopBackOff", "2")]
    [InlineData("""{"spec":{"initContainers":[{"name":"s","restartPolicy":"Always"}]},"status":{"phase":"Running","initContainerStatuses":[{"name":"s","started":true,"ready":true,"state":{"running":{}}}],"containerStatuses":[{"name":"c","ready":true,"state":{"running":{}}}]}}""", "2/2", "Running", "0")]
    [InlineData("""{"metadata":{"deletionTimestamp":"2026-01-02T03:04:00Z"},"status":{"phase":"Running","containerStatuses":[{"name":"c","ready":true,"state":{"running":{}}}]}}""", "1/1", "Terminating", "0")]
    [InlineData("""{"status":{"phase":"Failed","reason":"Evicted"}}""", "0/1", "Evicted", "0")]
    public void Pod_InItsStates_SaysTheMostTellingWord(string json, string ready, string status, string restarts)
    {
        var node = JsonNode.Parse(json)!;
        node["spec"] ??= new JsonObject();
        node["spec"]!["containers"] = JsonNode.Parse("""[{"name":"c"}]""");
        var pod = ApiJson.Deserialize<Pod>(System.Text.Encoding.UTF8.GetBytes(node.ToJsonString()));
        var cells = TableCatalog.For(Pod.Kind).Cells(pod, s_now).Select(c => c.ToString()).ToList();
        Assert.Equal([$"\"{ready}\"", $"\"{status}\"", $"\"{restarts}\""], cells.Skip(1).Take(3));
    }

    [Fact]
    public async Task List_AsTable_HasOneRowPerObjectWithItsMetadata()
    {
        await using var server = await TestServer.StartAsync();
        await server.PostAsync("/api/v1/namespaces/default/configmaps", """{"metadata":{"name":"a"},"data":{"x":"1","y":"2"}}""");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/namespaces/default/configmaps");
        request.Headers.TryAddWithoutValidation("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var table = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal("Table", (string?)table["kind"]);
        Assert.Equal(["Name", "Data", "Age"], table["columnDefinitions"]!.AsArray().Select(c => (string)c!["name"]!));
        var row = Assert.Single(table["rows"]!.AsArray())!;
        Assert.Equal("a", (string?)row["cells"]![0]);
        Assert.Equal("2", (string?)row["cells"]![1]);
        Assert.Equal("PartialObjectMetadata", (string?)row["object"]!["kind"]);
    }
}
