using System.Text.Json.Nodes;
using Berth.ApiServer.Tests.CustomResources;

namespace Berth.ApiServer.Tests.Admission;

/// <summary>What the status of a ValidatingAdmissionPolicy says of its expressions.</summary>
public sealed class PolicyTypeCheckTests
{
    private const string Policies = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";

    [Theory]
    [InlineData("object.spec.replicas > 1 && object.metadata.namespace != oldObject.metadata.__namespace__")]
    [InlineData("object.spec.template.spec.containers.all(c, has(c.resources.limits) && quantity(c.resources.limits['cpu']).isLessThan(quantity('2')))")]
    [InlineData("object.spec.strategy.rollingUpdate.maxSurge == 1 || object.spec.strategy.rollingUpdate.maxSurge == '25%'")]
    [InlineData("object.apiVersion == 'apps/v1' && object.kind == 'Deployment' && object.metadata.labels['a'] == request.name && variables.wanted == 3")]
    public async Task Expressions_ThatFitTheType_HaveNoWarnings(string expression)
    {
        await using var server = await AdmissionServer.StartAsync();
        var warnings = await WarningsAsync(server, Policy("apps", "deployments", $$"""{"expression":{{JsonValue.Create(expression)!.ToJsonString()}}}"""));
        Assert.Empty(warnings);
    }

    [Fact]
    public async Task Expressions_ThatConfuseTypes_AreWarnedOfOneByOne()
    {
        await using var server = await AdmissionServer.StartAsync();
        var warnings = await WarningsAsync(server, Policy("apps", "deployments", """
            {"expression":"object.spec.replicas > '1'","messageExpression":"'wants replicas > 1, got ' + object.spec.replicas"},{"expression":"true"},{"expression":"object.spec.nothing == 1"}
            """));
        Assert.Equal(["spec.validations[0].expression", "spec.validations[0].messageExpression", "spec.validations[2].expression"], warnings.Select(w => (string)w!["fieldRef"]!));
        Assert.StartsWith(
            "apps/v1, Kind=Deployment: ERROR: <input>:1:22: found no matching overload for '_>_' applied to '(int, string)'", (string)warnings[0]!["warning"]!, StringComparison.Ordinal);
        Assert.Contains("found no matching overload for '_+_' applied to '(string, int)'", (string)warnings[1]!["warning"]!, StringComparison.Ordinal);
        Assert.Contains("undefined field 'nothing'", (string)warnings[2]!["warning"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Expressions_OfSeveralKinds_AreCheckedAgainstEachAndParametersToo()
    {
        await using var server = await AdmissionServer.StartAsync();
        var policy = Policy("apps", "deployments\",\"daemonsets\",\"deployments/scale\",\"nobodys", """{"expression":"object.spec.replicas > int(params.data.max)"},{"expression":"params.nothing == 1"}""");
        var warnings = await WarningsAsync(server, policy.Replace("\"spec\":{", "\"spec\":{\"paramKind\":{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\"},", StringComparison.Ordinal));
        Assert.Equal(2, warnings.Count);
        Assert.StartsWith("apps/v1, Kind=DaemonSet: ERROR: <input>:1:12: undefined field 'replicas'", (string)warnings[0]!["warning"]!, StringComparison.Ordinal);
        Assert.DoesNotContain("Deployment", (string)warnings[0]!["warning"]!, StringComparison.Ordinal);
        Assert.Contains("Kind=DaemonSet: ERROR: <input>:1:7: undefined field 'nothing'", (string)warnings[1]!["warning"]!, StringComparison.Ordinal);
        Assert.Contains("Kind=Deployment: ERROR: <input>:1:7: undefined field 'nothing'", (string)warnings[1]!["warning"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Expressions_OfACustomResourceDefinedLater_AreCheckedOnceItIsThere()
    {
        await using var server = await AdmissionServer.StartAsync();
        Assert.Empty(await WarningsAsync(server, Policy("stable.example.com", "crontabs", """{"expression":"object.spec.replicas > '1' && object.metadata.labels['a'] == 'b'"},{"expression":"object.spec.maxRetries < 10"}""")));
        await server.CreateAsync(Crontabs.DefinitionPath, Crontabs.Definition(Crontabs.Version("v1", storage: true)));
        var warnings = await WarningsAsync(server, null, w => w.Count > 0);
        Assert.Equal(2, warnings.Count);
        Assert.Contains("found no matching overload for '_>_' applied to '(int, string)'", (string)warnings[0]!["warning"]!, StringComparison.Ordinal);
        Assert.Contains("stable.example.com/v1, Kind=CronTab: ERROR: <input>:1:12: undefined field 'maxRetries'", (string)warnings[1]!["warning"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policy_Changed_IsCheckedAgain()
    {
        await using var server = await AdmissionServer.StartAsync();
        Assert.Single(await WarningsAsync(server, Policy("apps", "deployments", """{"expression":"object.spec.replicas > '1'"}""")));
        await server.SendAsync(HttpMethod.Patch, Policies + "/p", """{"spec":{"validations":[{"expression":"object.spec.replicas > 1"}]}}""");
        Assert.Empty(await WarningsAsync(server, null, w => w.Count == 0));
    }

    private static string Policy(string group, string resources, string validations) => $$"""
        {"metadata":{"name":"p"},"spec":{
          "matchConstraints":{"resourceRules":[{"apiGroups":["{{group}}"],"apiVersions":["v1"],"operations":["*"],"resources":["{{resources}}"]}]},
          "variables":[{"name":"wanted","expression":"1 + 2"}],"validations":[{{validations}}]
        } }
        """;

    /// <param name="policy">Null: it is there.</param>
    private static async Task<JsonArray> WarningsAsync(AdmissionServer server, string? policy, Func<JsonArray, bool>? wanted = null)
    {
        if (policy is not null)
            await server.CreateAsync(Policies, policy);
        using var deadline = new CancellationTokenSource(TestServer.Deadline);
        while (true)
        {
            var (_, found) = await server.SendAsync(HttpMethod.Get, Policies + "/p");
            var warnings = found["status"]?["typeChecking"]?["expressionWarnings"] as JsonArray ?? [];
            if (found["status"]?["typeChecking"] is not null && (long?)found["status"]!["observedGeneration"] == (long)found["metadata"]!["generation"]! && wanted?.Invoke(warnings) != false)
                return warnings;
            Assert.False(deadline.IsCancellationRequested, $"not as wanted in time: {found["status"]?.ToJsonString()}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
