using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Berth.ApiServer.Audit;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Authorization;
using Berth.ApiServer.Tests.Admission;
using Berth.ApiServer.Tests.Pki;

namespace Berth.ApiServer.Tests.Audit;

/// <summary>A server with an audit log, and what stands in it once the server has ended.</summary>
internal sealed class AuditedServer : IAsyncDisposable
{
    private readonly DataDirectory _data;
    private bool _ended;

    private AuditedServer(AdmissionServer server, DataDirectory data)
    {
        (Server, _data) = (server, data);
        Client = new HttpClient(server.Host.InProcess(UserInfo.Of("jane", "developers", UserInfo.AuthenticatedGroup))) { BaseAddress = new Uri("https://berth.invalid"), Timeout = TestServer.Deadline };
    }

    public AdmissionServer Server { get; }

    public HttpClient Client { get; }

    /// <param name="rules">Of the policy, as JSON, for the requests of jane; nothing is written of others.</param>
    public static async Task<AuditedServer> StartAsync(string rules, IAuthorizer? authorizer = null, string namespaceLabels = "{}")
    {
        var data = new DataDirectory();
        var policy = $$"""{"apiVersion":"audit.k8s.io/v1","kind":"Policy","rules":[{"level":"None","users":["admin"]},{{rules}}]}""";
        var server = await AdmissionServer.StartAsync(namespaceLabels, audit: new AuditOptions
        {
            Policy = AuditPolicyFile.Parse(Encoding.UTF8.GetBytes(policy), []),
            LogPath = Path.Combine(data.Path, "audit.log"),
        }, authorizer: authorizer);
        return new AuditedServer(server, data);
    }

    public async Task<HttpStatusCode> SendAsync(HttpMethod method, string path, string? body = null, string type = "application/json", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.UserAgent.ParseAdd("berth-test/1");
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, type);
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    /// <summary>Ends the server, which writes what is left, and reads the log.</summary>
    public async Task<List<JsonNode>> EventsAsync()
    {
        await EndAsync();
        return [.. (await File.ReadAllLinesAsync(Path.Combine(_data.Path, "audit.log"), TestContext.Current.CancellationToken)).Select(l => JsonNode.Parse(l)!)];
    }

    /// <summary>The last event of the only request.</summary>
    public async Task<JsonNode> EventAsync() => (await EventsAsync())[^1];

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _data.Dispose();
    }

    private async Task EndAsync()
    {
        if (_ended)
            return;
        _ended = true;
        Client.Dispose();
        await Server.DisposeAsync();
    }
}
