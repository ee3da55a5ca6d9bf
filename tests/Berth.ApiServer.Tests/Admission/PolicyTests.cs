using System.Net;
using Berth.Api.AdmissionRegistration.V1;
using Berth.Api.Core.V1;

namespace Berth.ApiServer.Tests.Admission;

/// <summary>Admission policies and the match conditions of webhooks, on a whole server.</summary>
public sealed class PolicyTests
{
    private const string Policies = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
    private const string Bindings = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings";
    private const string Maps = "/api/v1/namespaces/a/configmaps";
    private const string OfMaps = """{"resourceRules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE","UPDATE"],"resources":["configmaps"]}]}""";

    [Fact]
    public async Task ValidatingPolicy_Bound_DeniesWithItsMessage()
    {
        await using var server = await AdmissionServer.StartAsync("""{"team":"x"}""");
        await ValidateAsync(server, """
            "variables":[{"name":"size","expression":"has(object.data) ? object.data.size() : 0"},{"name":"tooLarge","expression":"variables.size > 1"}],
            "validations":[
              {"expression":"!variables.tooLarge","messageExpression":"'at most 1 key, not ' + string(variables.size)"},
              {"expression":"object.metadata.name != 'forbidden'","message":"not that name","reason":"Forbidden"},
              {"expression":"request.operation == 'CREATE' && namespaceObject.metadata.labels.team == 'x' && authorizer.group('').resource('pods').check('get').allowed()"}]
            """, """["Deny"]""");

        await server.CreateAsync(Maps, """{"metadata":{"name":"fine"},"data":{"k":"v"}}""");
        Assert.Equal(
            "configmaps \"large\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: at most 1 key, not 2",
            await server.RefusalAsync(Maps, """{"metadata":{"name":"large"},"data":{"k":"v","l":"v"}}""", HttpStatusCode.UnprocessableEntity));
        Assert.Contains(
            "denied request: not that name",
            await server.RefusalAsync(Maps, """{"metadata":{"name":"forbidden"}}""", HttpStatusCode.Forbidden),
            StringComparison.Ordinal);
        var (code, body) = await server.SendAsync(HttpMethod.Patch, Maps + "/fine", """{"data":{"k":"w"}}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
        Assert.Contains("failed expression: request.operation == 'CREATE'", (string)body["message"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Fail", HttpStatusCode.UnprocessableEntity)]
    [InlineData("Ignore", HttpStatusCode.Created)]
    public async Task ValidatingPolicy_ExpressionFails_FollowsTheFailurePolicy(string failure, HttpStatusCode expected)
    {
        await using var server = await AdmissionServer.StartAsync();
        await ValidateAsync(server, $$$"""
            "failurePolicy":"{{{failure}}}","validations":[{"expression":"object.data.missing == 'x'"}]
            """, """["Deny"]""");
        var (code, body) = await server.SendAsync(HttpMethod.Post, Maps, """{"metadata":{"name":"c"},"data":{"k":"v"}}""");
        Assert.Equal(expected, code);
        if (expected != HttpStatusCode.Created)
            Assert.EndsWith("expression 'object.data.missing == 'x'' resulted in error: no such key: missing", (string)body["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ValidatingPolicy_MatchCondition_LetsOthersBy()
    {
        await using var server = await AdmissionServer.StartAsync();
        await ValidateAsync(server, """
            "matchConditions":[{"name":"mine","expression":"object.metadata.name.startsWith('mine')"}],"validations":[{"expression":"false"}]
            """, """["Deny"]""");
        await server.CreateAsync(Maps, """{"metadata":{"name":"yours"}}""");
        await server.RefusalAsync(Maps, """{"metadata":{"name":"mine"}}""", HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task ValidatingPolicy_Parameters_AreThoseOfTheBinding()
    {
        await using var server = await AdmissionServer.StartAsync();
        await server.CreateAsync(Maps, """{"metadata":{"name":"limits","labels":{"use":"limits"}},"data":{"max":"2"}}""");
        await ValidateAsync(
            server,
            """
            "paramKind":{"apiVersion":"v1","kind":"ConfigMap"},
            "matchConditions":[{"name":"others","expression":"object.metadata.name != 'limits'"}],
            "validations":[{"expression":"object.data.size() <= int(params.data.max)"}]
            """,
            """["Deny"]""",
            ""","paramRef":{"name":"limits","parameterNotFoundAction":"Deny"}""");
        await server.CreateAsync(Maps, """{"metadata":{"name":"two"},"data":{"a":"","b":""}}""");
        await server.RefusalAsync(Maps, """{"metadata":{"name":"three"},"data":{"a":"","b":"","c":""}}""", HttpStatusCode.UnprocessableEntity);

        await server.SendAsync(HttpMethod.Delete, Maps + "/limits");
        await UntilAsync(() => !server.Host.Objects.List<ConfigMap>("a").Any(c => c.Metadata.Name == "limits"));
        Assert.Contains(
            "failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction",
            await server.RefusalAsync(Maps, """{"metadata":{"name":"four"},"data":{}}""", HttpStatusCode.UnprocessableEntity),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task ValidatingPolicy_WrongExpressions_AreRefusedWithTheirPlace()
    {
        await using var server = await AdmissionServer.StartAsync();
        var message = await server.RefusalAsync(Policies, Policy("p", """
            "variables":[{"name":"x","expression":"nothing"}],"matchConditions":[{"name":"m","expression":"object.x"}],
            "validations":[{"expression":"object.x == 1 &&","messageExpression":"1"}]
            """), HttpStatusCode.UnprocessableEntity);
        Assert.Contains("spec.variables[0].expression: Invalid value: \"nothing\": compilation failed: ERROR: <input>:1:1: undeclared reference to 'nothing' (in container '')", message, StringComparison.Ordinal);
        Assert.Contains("spec.matchConditions[0].expression: Invalid value: \"object.x\": must evaluate to bool but got dyn", message, StringComparison.Ordinal);
        Assert.Contains("spec.validations[0].expression: Invalid value: \"object.x == 1 &&\": compilation failed: ERROR: <input>:1:17: Syntax error", message, StringComparison.Ordinal);
        Assert.Contains("spec.validations[0].messageExpression: Invalid value: \"1\": must evaluate to string but got int", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MutatingPolicies_Bound_ChangeWhatIsCreated()
    {
        await using var server = await AdmissionServer.StartAsync();
        await MutateAsync(server, "p1", """
            "reinvocationPolicy":"IfNeeded","mutations":[{"patchType":"ApplyConfiguration","applyConfiguration":{"expression":
              "Object{metadata: Object.metadata{annotations: {'seen': string(has(object.data) ? object.data.size() : 0)}}}"}}]
            """);
        await MutateAsync(server, "p2", """
            "reinvocationPolicy":"Never","matchConditions":[{"name":"m","expression":"!has(object.data)"}],
            "mutations":[{"patchType":"JSONPatch","jsonPatch":{"expression":
              "[JSONPatch{op: 'test', path: '/metadata/name', value: 'c'}, JSONPatch{op: 'add', path: '/data', value: {'k': 'v'}}, JSONPatch{op: 'add', path: '/metadata/labels/' + jsonpatch.escapeKey('a/b'), value: 'x'}]"}}]
            """);

        var created = await server.CreateAsync(Maps, """{"metadata":{"name":"c","labels":{"l":"m"}}}""");
        Assert.Equal("v", (string?)created["data"]?["k"]);
        Assert.Equal("x", (string?)created["metadata"]!["labels"]!["a/b"]);
        // The first policy saw what the second one made.
        Assert.Equal("1", (string?)created["metadata"]!["annotations"]!["seen"]);
        var other = await server.CreateAsync(Maps, """{"metadata":{"name":"d","labels":{"l":"m"}}}""");
        Assert.Null(other["data"]);
    }

    [Theory]
    [InlineData("Object{spec: Object.wrong{replicas: 1}}", "type mismatch: unexpected type name")]
    [InlineData("Object{data: {'k': object.data.missing}}", "no such key: data")]
    public async Task MutatingPolicy_Failing_Denies(string expression, string problem)
    {
        await using var server = await AdmissionServer.StartAsync();
        await MutateAsync(server, "p", $$$"""
            "reinvocationPolicy":"Never","mutations":[{"patchType":"ApplyConfiguration","applyConfiguration":{"expression":"{{{expression}}}"}}]
            """);
        var message = await server.RefusalAsync(Maps, """{"metadata":{"name":"c"},"data":{}}""", HttpStatusCode.Forbidden);
        Assert.StartsWith("policy 'p' with binding 'p' denied request: ", message, StringComparison.Ordinal);
        Assert.Contains(problem, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Webhook_MatchCondition_IsHeldTo()
    {
        await using var server = await AdmissionServer.StartAsync();
        // Nobody listens there: whoever is asked is refused.
        await server.CreateAsync("/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", """
            {"metadata":{"name":"w"},"webhooks":[{"name":"w.example.com","sideEffects":"None","admissionReviewVersions":["v1"],"timeoutSeconds":2,
             "clientConfig":{"url":"https://127.0.0.1:1/"},"rules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE"],"resources":["configmaps"]}],
             "matchConditions":[{"name":"not-skip-me","expression":"object.metadata.name != 'skip-me'"},{"name":"data","expression":"object.metadata.name != 'broken' || object.data.x == 'y'"}]}]}
            """);
        await UntilAsync(() => server.Host.Objects.List<ValidatingWebhookConfiguration>().Count == 1);
        await server.CreateAsync(Maps, """{"metadata":{"name":"skip-me"}}""");
        Assert.Contains("failed calling webhook", await server.RefusalAsync(Maps, """{"metadata":{"name":"other"}}""", HttpStatusCode.InternalServerError), StringComparison.Ordinal);
        Assert.Equal(
            "configmaps \"broken\" is forbidden: expression 'object.metadata.name != 'broken' || object.data.x == 'y'' resulted in error: no such key: data",
            await server.RefusalAsync(Maps, """{"metadata":{"name":"broken"}}""", HttpStatusCode.Forbidden));
    }

    private static string Policy(string name, string spec) => $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"matchConstraints":{{{OfMaps}}},{{{spec}}}}}""";

    private static async Task ValidateAsync(AdmissionServer server, string spec, string actions, string more = "")
    {
        await server.CreateAsync(Policies, Policy("p", spec));
        await server.CreateAsync(Bindings, $$$"""{"metadata":{"name":"b"},"spec":{"policyName":"p","validationActions":{{{actions}}}{{{more}}}}}""");
        await UntilAsync(() => server.Host.Objects.List<ValidatingAdmissionPolicyBinding>().Count == 1);
    }

    private static async Task MutateAsync(AdmissionServer server, string name, string spec)
    {
        await server.CreateAsync("/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies", Policy(name, spec));
        await server.CreateAsync("/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicybindings", $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"policyName":"{{{name}}}"}}""");
        await UntilAsync(() => server.Host.Objects.List<MutatingAdmissionPolicyBinding>().Any(b => b.Metadata.Name == name));
    }

    // Policies hold once the server's memory has them, a moment after they were created.
    private static async Task UntilAsync(Func<bool> holds)
    {
        using var deadline = new CancellationTokenSource(TestServer.Deadline);
        while (!holds())
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
