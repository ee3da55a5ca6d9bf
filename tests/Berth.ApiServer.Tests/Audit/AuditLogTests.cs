using System.Net;
using System.Text.Json.Nodes;
using Berth.Api.AdmissionRegistration.V1;
using Berth.ApiServer.Authorization;
using Berth.ApiServer.Tests.Webhooks;

namespace Berth.ApiServer.Tests.Audit;

public sealed class AuditLogTests
{
    private const string Maps = "/api/v1/namespaces/a/configmaps";
    private const string OfMaps = """{"resourceRules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE"],"resources":["configmaps"]}]}""";

    [Fact]
    public async Task Create_AtRequestResponse_IsWrittenDownAtBothStages()
    {
        await using var server = await AuditedServer.StartAsync("""{"level":"RequestResponse","omitManagedFields":true}""");
        Assert.Equal(HttpStatusCode.Created, await server.SendAsync(
            HttpMethod.Post, Maps + "?fieldManager=test", """{"metadata":{"name":"c"},"data":{"k":"v"}}""", headers: [("Audit-ID", "my-own"), ("X-Forwarded-For", "192.0.2.7, 192.0.2.8")]));

        var events = await server.EventsAsync();
        Assert.Equal(["RequestReceived", "ResponseComplete"], events.Select(e => (string)e["stage"]!));
        var received = events[0];
        Assert.Equal(
            ["kind", "apiVersion", "level", "auditID", "stage", "requestURI", "verb", "user", "sourceIPs", "userAgent", "objectRef", "requestReceivedTimestamp", "stageTimestamp"],
            received.AsObject().Select(p => p.Key));
        Assert.Equal("Event", (string)received["kind"]!);
        Assert.Equal("audit.k8s.io/v1", (string)received["apiVersion"]!);
        Assert.Equal("my-own", (string)received["auditID"]!);
        Assert.Equal(Maps + "?fieldManager=test", (string)received["requestURI"]!);
        Assert.Equal("create", (string)received["verb"]!);
        Assert.Equal("""{"username":"jane","groups":["developers","system:authenticated"]}""", received["user"]!.ToJsonString());
        Assert.Equal("""["192.0.2.7","192.0.2.8"]""", received["sourceIPs"]!.ToJsonString());
        Assert.Equal("berth-test/1", (string)received["userAgent"]!);
        Assert.Equal("""{"resource":"configmaps","namespace":"a","apiVersion":"v1"}""", received["objectRef"]!.ToJsonString());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$", (string)received["requestReceivedTimestamp"]!);

        var complete = events[1];
        Assert.Equal("""{"metadata":{},"code":201}""", complete["responseStatus"]!.ToJsonString());
        Assert.Equal("c", (string)complete["objectRef"]!["name"]!);
        Assert.Equal("""{"k":"v"}""", complete["requestObject"]!["data"]!.ToJsonString());
        Assert.Equal("ConfigMap", (string)complete["requestObject"]!["kind"]!);
        Assert.Null(complete["requestObject"]!["metadata"]!["uid"]);
        Assert.NotNull(complete["responseObject"]!["metadata"]!["uid"]);
        Assert.Null(complete["responseObject"]!["metadata"]!["managedFields"]);
        Assert.Equal("""{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":"no authorization"}""", complete["annotations"]!.ToJsonString());
        Assert.Equal((string)received["requestReceivedTimestamp"]!, (string)complete["requestReceivedTimestamp"]!);
    }

    [Fact]
    public async Task Requests_EachByItsRule_AreWrittenAsMuchAsThatSays()
    {
        await using var server = await AuditedServer.StartAsync("""
            {"level":"None","verbs":["list"]},
            {"level":"Metadata","resources":[{"group":"","resources":["secrets"]}]},
            {"level":"Request","omitStages":["RequestReceived"]}
            """);
        await server.SendAsync(HttpMethod.Get, Maps);
        await server.SendAsync(HttpMethod.Post, "/api/v1/namespaces/a/secrets", """{"metadata":{"name":"s"},"stringData":{"k":"hidden"}}""");
        await server.SendAsync(HttpMethod.Post, Maps, """{"metadata":{"name":"c"},"data":{"k":"v"}}""");
        await server.SendAsync(HttpMethod.Get, "/healthz");

        var events = await server.EventsAsync();
        Assert.Equal(["secrets", "secrets", "configmaps", null], events.Select(e => (string?)e["objectRef"]?["resource"]));
        Assert.All(events.Take(2), e => Assert.DoesNotContain("hidden", e.ToJsonString(), StringComparison.Ordinal));
        Assert.NotNull(events[2]["requestObject"]);
        Assert.Null(events[2]["responseObject"]);
        Assert.Equal("get", (string)events[3]["verb"]!);
    }

    [Fact]
    public async Task PatchAndDelete_AtRequestResponse_HaveTheirBodiesAndTheirStatus()
    {
        await using var server = await AuditedServer.StartAsync("""{"level":"RequestResponse","omitStages":["RequestReceived"]}""");
        await server.SendAsync(HttpMethod.Post, Maps, """{"metadata":{"name":"c"},"data":{"k":"v"}}""");
        await server.SendAsync(HttpMethod.Patch, Maps + "/c", """{"data":{"k":"w"}}""", "application/merge-patch+json");
        await server.SendAsync(HttpMethod.Delete, Maps + "/c", """{"propagationPolicy":"Background"}""");
        await server.SendAsync(HttpMethod.Get, Maps + "/c");

        var events = await server.EventsAsync();
        Assert.Equal("""{"data":{"k":"w"}}""", events[1]["requestObject"]!.ToJsonString());
        Assert.Equal("w", (string)events[1]["responseObject"]!["data"]!["k"]!);
        Assert.Equal("Background", (string)events[2]["requestObject"]!["propagationPolicy"]!);
        Assert.Equal("Success", (string)events[2]["responseStatus"]!["status"]!);
        Assert.Equal(200, (int)events[2]["responseStatus"]!["code"]!);
        var missing = events[3]["responseStatus"]!;
        Assert.Equal("NotFound", (string)missing["reason"]!);
        Assert.Equal("configmaps \"c\" not found", (string)missing["message"]!);
        Assert.Equal(404, (int)missing["code"]!);
        Assert.Equal("Failure", (string)events[3]["responseObject"]!["status"]!);
    }

    [Fact]
    public async Task Watch_WhileItLasts_HasStarted()
    {
        await using var server = await AuditedServer.StartAsync("""{"level":"Metadata"}""");
        using (await server.Client.GetStreamAsync(new Uri(Maps + "?watch=true", UriKind.Relative), TestContext.Current.CancellationToken))
        {
            var events = await server.EventsAsync();
            Assert.Equal(["RequestReceived", "ResponseStarted"], events.Take(2).Select(e => (string)e["stage"]!));
            Assert.Equal("watch", (string)events[1]["verb"]!);
            Assert.Equal(200, (int)events[1]["responseStatus"]!["code"]!);
        }
    }

    [Fact]
    public async Task Impersonation_OfAnother_NamesBoth()
    {
        await using var server = await AuditedServer.StartAsync("""{"level":"Metadata"}""");
        await server.SendAsync(HttpMethod.Get, Maps, headers: [("Impersonate-User", "joe"), ("Impersonate-Group", "readers")]);

        var done = await server.EventAsync();
        Assert.Equal("jane", (string)done["user"]!["username"]!);
        Assert.Equal("""{"username":"joe","groups":["readers","system:authenticated"]}""", done["impersonatedUser"]!.ToJsonString());
    }

    [Fact]
    public async Task Refusal_ByAuthorization_SaysSo()
    {
        await using var server = await AuditedServer.StartAsync("""{"level":"Metadata"}""", new AdministratorsAlone());
        Assert.Equal(HttpStatusCode.Forbidden, await server.SendAsync(HttpMethod.Get, Maps));

        var done = await server.EventAsync();
        Assert.Equal("""{"authorization.k8s.io/decision":"forbid","authorization.k8s.io/reason":"nobody else"}""", done["annotations"]!.ToJsonString());
        Assert.Equal("Forbidden", (string)done["responseStatus"]!["reason"]!);
        Assert.Equal("configmaps", (string)done["responseStatus"]!["details"]!["kind"]!);
    }

    [Fact]
    public async Task ValidatingPolicy_WithActionAudit_LetsBySaysWhatFailed()
    {
        await using var server = await AuditedServer.StartAsync("""{"level":"Metadata"}""");
        await server.Server.CreateAsync("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies", $$$"""
            {"metadata":{"name":"p"},"spec":{"matchConstraints":{{{OfMaps}}},
              "validations":[{"expression":"true"},{"expression":"has(object.data)","message":"data is missing"}],
              "auditAnnotations":[{"key":"name","valueExpression":"'made ' + object.metadata.name"},{"key":"nothing","valueExpression":"null"}]}}
            """);
        await server.Server.CreateAsync("/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings", """{"metadata":{"name":"b"},"spec":{"policyName":"p","validationActions":["Audit"]}}""");
        await UntilAsync(() => server.Server.Host.Objects.List<ValidatingAdmissionPolicyBinding>().Count == 1);
        Assert.Equal(HttpStatusCode.Created, await server.SendAsync(HttpMethod.Post, Maps, """{"metadata":{"name":"c"}}"""));

        var annotations = (await server.EventAsync())["annotations"]!;
        Assert.Equal("made c", (string)annotations["p/name"]!);
        Assert.Null(annotations["p/nothing"]);
        Assert.Equal(
            """[{"message":"data is missing","policy":"p","binding":"b","expressionIndex":1,"validationActions":["Audit"]}]""",
            (string)annotations["validation.policy.admission.k8s.io/validation_failure"]!);
    }

    [Fact]
    public async Task Webhooks_WhatTheySayAndChange_IsAnnotated()
    {
        await using var hook = await TestWebhook.StartAsync(_ => Task.FromResult(new JsonObject
        {
            ["allowed"] = true,
            ["patchType"] = "JSONPatch",
            ["patch"] = Convert.ToBase64String("""[{"op":"add","path":"/data","value":{"added":"yes"}}]"""u8),
            ["auditAnnotations"] = new JsonObject { ["why"] = "because" },
        }));
        await using var server = await AuditedServer.StartAsync("""{"level":"Request"}""");
        await server.Server.CreateAsync("/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations", $$$"""
            {"metadata":{"name":"test"},"webhooks":[{"name":"hook.test.example","sideEffects":"None","admissionReviewVersions":["v1"],
              "clientConfig":{"url":"{{{hook.Url}}}/","caBundle":"{{{hook.Authority}}}"},
              "rules":[{"operations":["*"],"apiGroups":[""],"apiVersions":["v1"],"resources":["configmaps"]}]}]}
            """);
        await UntilAsync(() => server.Server.Host.Objects.List<MutatingWebhookConfiguration>().Count == 1);
        Assert.Equal(HttpStatusCode.Created, await server.SendAsync(HttpMethod.Post, Maps, """{"metadata":{"name":"c"}}"""));

        var annotations = (await server.EventAsync())["annotations"]!;
        Assert.Equal("because", (string)annotations["hook.test.example/why"]!);
        Assert.Equal("""{"configuration":"test","webhook":"hook.test.example","mutated":true}""", (string)annotations["mutation.webhook.admission.k8s.io/round_0_index_0"]!);
        Assert.Equal(
            """{"configuration":"test","webhook":"hook.test.example","patch":[{"op":"add","path":"/data","value":{"added":"yes"}}],"patchType":"JSONPatch"}""",
            (string)annotations["patch.webhook.admission.k8s.io/round_0_index_0"]!);
    }

    [Fact]
    public async Task PodSecurity_LabelAudit_LetsByAndSaysWhatIsWrong()
    {
        await using var server = await AuditedServer.StartAsync("""{"level":"Metadata"}""", namespaceLabels: """{"pod-security.kubernetes.io/audit":"baseline"}""");
        Assert.Equal(HttpStatusCode.Created, await server.SendAsync(
            HttpMethod.Post, "/api/v1/namespaces/a/pods", """{"metadata":{"name":"p"},"spec":{"hostNetwork":true,"containers":[{"name":"c","image":"i"}]}}"""));

        var annotations = (await server.EventAsync())["annotations"]!;
        Assert.Equal("privileged:latest", (string)annotations["pod-security.kubernetes.io/enforce-policy"]!);
        Assert.StartsWith("would violate PodSecurity \"baseline:latest\": host namespaces", (string)annotations["pod-security.kubernetes.io/audit-violations"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_CountEventsAndLevels()
    {
        await using var server = await AuditedServer.StartAsync("""{"level":"Metadata","resources":[{"group":""}]}""");
        await server.SendAsync(HttpMethod.Get, Maps);
        var text = await server.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Contains("\napiserver_audit_event_total 2\n", text, StringComparison.Ordinal);
        Assert.Contains("\napiserver_audit_level_total{level=\"Metadata\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("\napiserver_audit_error_total{plugin=\"log\"} 0\n", text, StringComparison.Ordinal);
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var deadline = new CancellationTokenSource(TestServer.Deadline);
        while (!holds())
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private sealed class AdministratorsAlone : IAuthorizer
    {
        public ValueTask<AuthorizationDecision> AuthorizeAsync(AuthorizationAttributes attributes, CancellationToken cancellation = default) =>
            ValueTask.FromResult(attributes.User.Name == "admin" ? AuthorizationDecision.Allow("") : AuthorizationDecision.NoOpinion("nobody else"));
    }
}
