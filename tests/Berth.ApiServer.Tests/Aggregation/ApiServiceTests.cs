using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Berth.Api.ApiRegistration.V1;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Tests.CustomResources;
using Berth.Store.Memory;

namespace Berth.ApiServer.Tests.Aggregation;

public sealed class ApiServiceTests
{
    private const string Services = "/apis/apiregistration.k8s.io/v1/apiservices";
    private const string Automanaged = "kube-aggregator.kubernetes.io/automanaged";

    // Rounds of the server take two seconds.
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task OwnVersions_AtTheStart_AreAvailableApiServices()
    {
        await using var store = new MemoryStore();
        await using var host = new ApiServerHost(new ApiServerOptions { Store = store, Random = new Random(1), RegistersApiServices = true });
        await host.StartAsync(TestContext.Current.CancellationToken);
        using var client = ClientOf(host);

        var apps = await UntilAsync(client, $"{Services}/v1.apps", s => s["kind"]!.ToString() == "APIService");
        Assert.Equal("onstart", (string)apps["metadata"]!["labels"]![Automanaged]!);
        Assert.Equal(17800, (int)apps["spec"]!["groupPriorityMinimum"]!);
        Assert.Equal(15, (int)apps["spec"]!["versionPriority"]!);
        var condition = apps["status"]!["conditions"]![0]!;
        Assert.Equal(("Available", "True", "Local"), ((string)condition["type"]!, (string)condition["status"]!, (string)condition["reason"]!));
        Assert.NotNull(condition["lastTransitionTime"]);
        var core = await UntilAsync(client, $"{Services}/v1.", s => s["kind"]!.ToString() == "APIService");
        Assert.Null(core["spec"]!["group"]);
        Assert.DoesNotContain("v1.apiregistration.k8s.io", host.Objects.List<APIService>().Select(s => s.Metadata.Name));
    }

    [Fact]
    public async Task OwnVersions_AtTheNextStart_AreBroughtBackUnlessTheyAreSomebodyElses()
    {
        await using var store = new MemoryStore();
        await using (var first = new ApiServerHost(new ApiServerOptions { Store = store, Random = new Random(1), RegistersApiServices = true }))
        {
            await first.StartAsync(TestContext.Current.CancellationToken);
            using var client = ClientOf(first);
            await UntilAsync(client, Services, l => l["items"]!.AsArray().Count >= 19);
            foreach (var (name, patch) in new[]
            {
                ("v1.apps", """{"spec":{"groupPriorityMinimum":5}}"""),
                ("v1.batch", $$$"""{"metadata":{"labels":{"{{{Automanaged}}}":null}},"spec":{"groupPriorityMinimum":5}}"""),
            })
            {
                using var body = new StringContent(patch, Encoding.UTF8, "application/merge-patch+json");
                (await client.PatchAsync(new Uri($"{Services}/{name}", UriKind.Relative), body, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
            }
        }

        await using var second = new ApiServerHost(new ApiServerOptions { Store = store, Random = new Random(2), RegistersApiServices = true });
        await second.StartAsync(TestContext.Current.CancellationToken);
        using var again = ClientOf(second);
        await UntilAsync(again, $"{Services}/v1.apps", s => (int)s["spec"]!["groupPriorityMinimum"]! == 17800);
        Assert.Equal(5, (int)(await UntilAsync(again, $"{Services}/v1.batch", _ => true))["spec"]!["groupPriorityMinimum"]!);
    }

    [Fact]
    public async Task CustomResources_ComeAndGo_SoDoTheirApiServices()
    {
        await using var store = new MemoryStore();
        await using var host = new ApiServerHost(new ApiServerOptions { Store = store, Random = new Random(1), RegistersApiServices = true });
        await host.StartAsync(TestContext.Current.CancellationToken);
        using var client = ClientOf(host);
        await PostAsync(client, Crontabs.DefinitionPath, Crontabs.Definition(Crontabs.Version("v1", true)));

        var made = await UntilAsync(client, $"{Services}/v1.stable.example.com", s => s["kind"]!.ToString() == "APIService");
        Assert.Equal("true", (string)made["metadata"]!["labels"]![Automanaged]!);
        Assert.Equal((1000, 100), ((int)made["spec"]!["groupPriorityMinimum"]!, (int)made["spec"]!["versionPriority"]!));

        (await client.DeleteAsync(new Uri($"{Crontabs.DefinitionPath}/{Crontabs.Name}", UriKind.Relative), TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        await UntilAsync(client, $"{Services}/v1.stable.example.com", s => s["reason"]?.ToString() == "NotFound");
    }

    [Fact]
    public async Task OpenApi_OfAnotherServer_IsServedWhileItsApiServiceIsThere()
    {
        await using var otherStore = new MemoryStore();
        using var certificate = Certificate();
        await using var other = new ApiServerHost(new ApiServerOptions { Store = otherStore, Random = new Random(1), Listen = new IPEndPoint(IPAddress.Loopback, 0), ServerCertificate = () => certificate });
        await other.StartAsync(TestContext.Current.CancellationToken);
        using (var there = ClientOf(other))
        {
            await PostAsync(there, Crontabs.DefinitionPath, Crontabs.Definition(Crontabs.Version("v1", true)));
            await UntilAsync(there, "/openapi/v3", i => i["paths"]!["apis/stable.example.com/v1"] is not null);
        }

        await using var server = await TestServer.StartAsync();
        await server.PostAsync("/api/v1/namespaces/default/services", """{"metadata":{"name":"other"},"spec":{"type":"ExternalName","externalName":"localhost"}}""");
        await server.PostAsync(Services, $$$"""
            {"metadata":{"name":"v1.stable.example.com"},"spec":{"group":"stable.example.com","version":"v1","groupPriorityMinimum":1000,"versionPriority":10,
              "insecureSkipTLSVerify":true,"service":{"namespace":"default","name":"other","port":{{{other.Address!.Port}}} } } }
            """);

        var index = await UntilAsync(server.Client, "/openapi/v3", i => i["paths"]!["apis/stable.example.com/v1"] is not null);
        var document = await UntilAsync(server.Client, (string)index["paths"]!["apis/stable.example.com/v1"]!["serverRelativeURL"]!, _ => true);
        Assert.NotNull(document["components"]!["schemas"]!["com.example.stable.v1.CronTab"]!["properties"]!["spec"]!["properties"]!["cron"]);
        var swagger = await UntilAsync(server.Client, "/openapi/v2", _ => true);
        Assert.NotNull(swagger["paths"]!["/apis/stable.example.com/v1/namespaces/{namespace}/crontabs"]);
        Assert.NotNull(swagger["paths"]!["/apis/apps/v1/deployments"]);
        var definitions = swagger["definitions"]!.AsObject();
        Assert.Equal("CronTab", (string)definitions["com.example.stable.v1.CronTab"]!["x-kubernetes-group-version-kind"]![0]!["kind"]!);
        Assert.DoesNotContain(definitions, d => d.Key.EndsWith("_v2", StringComparison.Ordinal));
        using var proto = new HttpRequestMessage(HttpMethod.Get, "/openapi/v2");
        proto.Headers.TryAddWithoutValidation("Accept", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf");
        using var answer = await server.Client.SendAsync(proto, TestContext.Current.CancellationToken);
        Assert.Contains("com.example.stable.v1.CronTab", Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)), StringComparison.Ordinal);

        await server.DeleteAsync($"{Services}/v1.stable.example.com");
        await UntilAsync(server.Client, "/openapi/v3", i => i["paths"]!["apis/stable.example.com/v1"] is null);
        Assert.Null((await UntilAsync(server.Client, "/openapi/v2", _ => true))["definitions"]!["com.example.stable.v1.CronTab"]);
    }

    private static HttpClient ClientOf(ApiServerHost host) =>
        new(host.InProcess(UserInfo.Of("admin", UserInfo.MastersGroup, UserInfo.AuthenticatedGroup))) { BaseAddress = new Uri("https://berth.invalid"), Timeout = s_deadline };

    private static async Task PostAsync(HttpClient client, string path, string json)
    {
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    /// <summary>What is at the path once it is as wanted; fails the test with what is there instead.</summary>
    private static async Task<JsonNode> UntilAsync(HttpClient client, string path, Func<JsonNode, bool> wanted)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            var found = JsonNode.Parse(text)!;
            if (wanted(found))
                return found;
            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < s_deadline, $"{path} is still {text[..Math.Min(text.Length, 2000)]}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
