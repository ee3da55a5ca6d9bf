using System.Net;
using Berth.Api.Core.V1;

namespace Berth.ApiServer.Tests.Admission;

/// <summary>Quotas over claims by the classes of their volumes' attributes.</summary>
public sealed class ClaimQuotaTests
{
    private const string Claims = "/api/v1/namespaces/a/persistentvolumeclaims";

    [Fact]
    public async Task Claim_WhoseVolumeIsChangedToAClassThatIsFull_IsNotTakenThere()
    {
        await using var server = await AdmissionServer.StartAsync();
        await server.CreateAsync("/api/v1/namespaces/a/resourcequotas", """
            {"metadata":{"name":"gold"},"spec":{"hard":{"requests.storage":"1Gi"},
             "scopeSelector":{"matchExpressions":[{"scopeName":"VolumeAttributesClass","operator":"In","values":["gold"]}]}}}
            """);
        await server.CreateAsync(Claims, Claim("first", "gold"));
        await server.CreateAsync(Claims, Claim("second", "silver"));
        using var deadline = new CancellationTokenSource(TestServer.Deadline);
        while (server.Host.Objects.List<ResourceQuota>("a").Count == 0 || server.Host.Objects.List<PersistentVolumeClaim>("a").Count < 2)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        Assert.Equal(
            "persistentvolumeclaims \"third\" is forbidden: exceeded quota: gold, requested: requests.storage=1Gi, used: requests.storage=1Gi, limited: requests.storage=1Gi",
            await server.RefusalAsync(Claims, Claim("third", "gold"), HttpStatusCode.Forbidden));
        var (code, answer) = await server.SendAsync(HttpMethod.Patch, Claims + "/second/status", """{"status":{"modifyVolumeStatus":{"targetVolumeAttributesClassName":"gold","status":"InProgress"}}}""");
        Assert.Equal(HttpStatusCode.Forbidden, code);
        Assert.Contains("exceeded quota: gold", (string)answer["message"]!, StringComparison.Ordinal);
        (code, answer) = await server.SendAsync(HttpMethod.Patch, Claims + "/second/status", """{"status":{"currentVolumeAttributesClassName":"silver"}}""");
        Assert.True(code == HttpStatusCode.OK, answer.ToJsonString());
        Assert.Equal("silver", (string)answer["status"]!["currentVolumeAttributesClassName"]!);
    }

    private static string Claim(string name, string attributes) => $$$"""
        {"metadata":{"name":"{{{name}}}"},"spec":{"accessModes":["ReadWriteOnce"],"storageClassName":"x","volumeAttributesClassName":"{{{attributes}}}",
         "resources":{"requests":{"storage":"1Gi"} } } }
        """;
}
