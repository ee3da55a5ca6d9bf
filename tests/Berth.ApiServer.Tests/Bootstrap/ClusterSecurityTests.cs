using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Berth.Api.FlowControl.V1;
using Berth.ApiServer.Pki;
using Berth.ApiServer.Tests.Pki;

namespace Berth.ApiServer.Tests.Bootstrap;

public sealed class ClusterSecurityTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private SecureServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await SecureServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Bootstrap_OfNewCluster_MakesWhatKubernetesHas()
    {
        var namespaces = await _server.Admin.GetAsync("/api/v1/namespaces", HttpStatusCode.OK);
        Assert.Equal(["default", "kube-node-lease", "kube-public", "kube-system"], NamesIn(namespaces));
        var roles = NamesIn(await _server.Admin.GetAsync("/apis/rbac.authorization.k8s.io/v1/clusterroles", HttpStatusCode.OK));
        Assert.Superset(
            new HashSet<string>(["cluster-admin", "admin", "edit", "view", "system:node", "system:discovery", "system:basic-user", "system:auth-delegator", "system:kube-scheduler", "system:controller:job-controller"]),
            roles.ToHashSet());
        var admin = await _server.Admin.GetAsync("/apis/rbac.authorization.k8s.io/v1/clusterroles/admin", HttpStatusCode.OK);
        Assert.Contains(admin["rules"]!.AsArray(), r => r!["resources"]!.AsArray().Any(x => (string?)x == "pods/log"));
        Assert.Equal("rbac-defaults", (string?)admin["metadata"]!["labels"]!["kubernetes.io/bootstrapping"]);
        Assert.Equal("true", (string?)admin["metadata"]!["annotations"]!["rbac.authorization.kubernetes.io/autoupdate"]);
        var classes = await _server.Admin.GetAsync("/apis/scheduling.k8s.io/v1/priorityclasses", HttpStatusCode.OK);
        Assert.Equal([2000000000, 2000001000], classes["items"]!.AsArray().Select(c => (int)c!["value"]!));
        var service = await _server.Admin.GetAsync("/api/v1/namespaces/default/services/kubernetes", HttpStatusCode.OK);
        Assert.Equal("10.43.0.1", (string?)service["spec"]!["clusterIP"]);
        var slice = await _server.Admin.GetAsync("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes", HttpStatusCode.OK);
        Assert.Equal("192.0.2.1", (string?)slice["endpoints"]![0]!["addresses"]![0]);
        var range = await _server.Admin.GetAsync("/apis/networking.k8s.io/v1/servicecidrs/kubernetes", HttpStatusCode.OK);
        Assert.Equal("10.43.0.0/16", (string?)range["spec"]!["cidrs"]![0]);
        Assert.Equal("True", (string?)range["status"]!["conditions"]![0]!["status"]);
        var configuration = await _server.Admin.GetAsync("/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication", HttpStatusCode.OK);
        Assert.Equal(_server.Certificates.Authority.Pem, (string?)configuration["data"]!["client-ca-file"]);
    }

    [Fact]
    public async Task Bootstrap_SecondTime_WritesNothing()
    {
        // What keeps the objects in order is done with them first.
        using var deadline = new CancellationTokenSource(TestServer.Deadline);
        while (_server.Host.Objects.List<FlowSchema>() is var schemas && (schemas.Count == 0 || schemas.Any(s => s.Status.Conditions.IsEmpty)))
            await Task.Delay(10, deadline.Token);
        var before = _server.Store.Current;
        await _server.BootstrapAsync();
        Assert.Equal(before, _server.Store.Current);
    }

    [Fact]
    public async Task Bootstrap_OfChangedRoles_AddsWhatIsMissingAndKeepsTheRest()
    {
        const string View = "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:aggregate-to-view";
        const string Discovery = "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:discovery";
        await PatchAsync(View, """{"rules":[{"verbs":["get"],"apiGroups":["example.org"],"resources":["things"]}]}""");
        await PatchAsync(Discovery, """{"rules":[],"metadata":{"annotations":{"rbac.authorization.kubernetes.io/autoupdate":"false"}}}""");
        await _server.BootstrapAsync();
        var rules = (await _server.Admin.GetAsync(View, HttpStatusCode.OK))["rules"]!.ToJsonString();
        Assert.Contains("example.org", rules, StringComparison.Ordinal);
        Assert.Contains("pods/log", rules, StringComparison.Ordinal);
        Assert.Empty((await _server.Admin.GetAsync(Discovery, HttpStatusCode.OK))["rules"]?.AsArray() ?? []);
    }

    [Fact]
    public async Task AggregatedRole_WhenAPartIsMade_TakesItsRulesAndLetsThemGo()
    {
        const string Roles = "/apis/rbac.authorization.k8s.io/v1/clusterroles";
        await _server.Admin.PostAsync(Roles, """
            {"metadata":{"name":"crontabs-view","labels":{"rbac.authorization.k8s.io/aggregate-to-view":"true"}},
             "rules":[{"verbs":["get"],"apiGroups":["stable.example.com"],"resources":["crontabs"]}]}
            """);
        foreach (var role in new[] { "view", "edit", "admin" }) await UntilAsync(role, true);
        await _server.Admin.SendAsync(HttpMethod.Delete, $"{Roles}/crontabs-view");
        foreach (var role in new[] { "view", "edit", "admin" }) await UntilAsync(role, false);

        async Task UntilAsync(string role, bool wanted)
        {
            var end = DateTime.UtcNow + Deadline;
            string text;
            do
            {
                text = (await _server.Admin.GetAsync($"{Roles}/{role}", HttpStatusCode.OK))["rules"]!.ToJsonString();
                if (text.Contains("stable.example.com", StringComparison.Ordinal) == wanted) return;
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }
            while (DateTime.UtcNow < end);
            Assert.Fail($"{role} should {(wanted ? "" : "not ")}hold the part's rules: {text}");
        }
    }

    [Fact]
    public async Task Anonymous_OverTls_SeesHealthAndVersionAlone()
    {
        using var client = _server.Remote();
        foreach (var path in new[] { "/version", "/livez", "/readyz", "/healthz" }) await client.GetAsync(path, HttpStatusCode.OK);
        var refusal = await client.GetAsync("/api/v1/namespaces/default/pods", HttpStatusCode.Forbidden);
        Assert.Equal(
            "pods is forbidden: User \"system:anonymous\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\"",
            (string?)refusal["message"]);
        await client.GetAsync("/api", HttpStatusCode.Forbidden);
        await client.GetAsync("/metrics", HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Certificates_OverTls_AreTheirUsers()
    {
        using var admin = _server.Remote(_server.Certificates.Admin.Current);
        var who = await admin.PostAsync("/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}");
        var user = who["status"]!["userInfo"]!;
        Assert.Equal("kubernetes-admin", (string?)user["username"]);
        Assert.Equal(["system:masters", "system:authenticated"], user["groups"]!.AsArray().Select(g => (string?)g));
        await admin.GetAsync("/api/v1/secrets", HttpStatusCode.OK);

        using var node = _server.Remote(_server.Certificates.NodeClient("n1").Current);
        await node.GetAsync("/api/v1/services", HttpStatusCode.OK);
        var refusal = await node.GetAsync("/api/v1/secrets", HttpStatusCode.Forbidden);
        Assert.Contains("can only read namespaced object of this type", (string?)refusal["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_OfAnotherAuthority_Is401()
    {
        using var data = new DataDirectory();
        using var other = ClusterCertificates.LoadOrCreate(data.Path, new(), TimeProvider.System);
        using var client = _server.Remote(other.Admin.Current);
        var refusal = await client.GetAsync("/version", HttpStatusCode.Unauthorized);
        Assert.Equal("Unauthorized", (string?)refusal["reason"]);
    }

    [Fact]
    public async Task Token_RequestedForAccount_ActsAsItUntilTheAccountIsDeleted()
    {
        await _server.Admin.PostAsync("/api/v1/namespaces/default/serviceaccounts", """{"metadata":{"name":"robot"}}""");
        var request = await _server.Admin.PostAsync("/api/v1/namespaces/default/serviceaccounts/robot/token", """{"spec":{"expirationSeconds":600}}""");
        var token = (string?)request["status"]!["token"];
        Assert.NotNull(request["status"]!["expirationTimestamp"]);
        Assert.Equal("https://kubernetes.default.svc.cluster.local", (string?)request["spec"]!["audiences"]![0]);
        using var robot = _server.Remote(token: token);
        var refusal = await robot.GetAsync("/api/v1/namespaces/default/configmaps", HttpStatusCode.Forbidden);
        Assert.Contains("User \"system:serviceaccount:default:robot\" cannot list", (string?)refusal["message"], StringComparison.Ordinal);
        await BindAsync("robot-view", "view", """{"kind":"ServiceAccount","name":"robot","namespace":"default"}""");
        await robot.GetAsync("/api/v1/namespaces/default/configmaps", HttpStatusCode.OK);
        await robot.GetAsync("/api/v1/namespaces/default/secrets", HttpStatusCode.Forbidden);

        var review = await _server.Admin.PostAsync("/apis/authentication.k8s.io/v1/tokenreviews", $$$"""{"spec":{"token":"{{{token}}}"}}""");
        Assert.True((bool)review["status"]!["authenticated"]!);
        Assert.Equal("system:serviceaccount:default:robot", (string?)review["status"]!["user"]!["username"]);

        await _server.Admin.SendAsync(HttpMethod.Delete, "/api/v1/namespaces/default/serviceaccounts/robot");
        await robot.GetAsync("/api/v1/namespaces/default/configmaps", HttpStatusCode.Unauthorized);
        review = await _server.Admin.PostAsync("/apis/authentication.k8s.io/v1/tokenreviews", $$$"""{"spec":{"token":"{{{token}}}"}}""");
        Assert.False((bool?)review["status"]!["authenticated"] ?? false);
        Assert.NotEqual("", (string?)review["status"]!["error"]);
    }

    [Theory]
    [InlineData("""{"spec":{"expirationSeconds":60}}""", 422, "may not specify a duration less than 10 minutes")]
    [InlineData("""{"spec":{"boundObjectRef":{"kind":"Pod","apiVersion":"v1","name":"gone"}}}""", 404, "pods \"gone\" not found")]
    [InlineData("""{"spec":{"boundObjectRef":{"kind":"ConfigMap","apiVersion":"v1","name":"x"}}}""", 400, "cannot bind token")]
    public async Task TokenRequest_ThatIsWrong_IsRefused(string body, int code, string message)
    {
        await _server.Admin.PostAsync("/api/v1/namespaces/default/serviceaccounts", """{"metadata":{"name":"robot"}}""");
        var refusal = await _server.Admin.PostAsync("/api/v1/namespaces/default/serviceaccounts/robot/token", body, (HttpStatusCode)code);
        Assert.Contains(message, (string?)refusal["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task LegacySecret_OfAccount_IsFilledAndItsTokenWorks()
    {
        await _server.Admin.PostAsync("/api/v1/namespaces/default/serviceaccounts", """{"metadata":{"name":"robot"}}""");
        var secret = await _server.Admin.PostAsync("/api/v1/namespaces/default/secrets", """
            {"metadata":{"name":"robot-token","annotations":{"kubernetes.io/service-account.name":"robot"}},"type":"kubernetes.io/service-account-token"}
            """);
        var token = Encoding.UTF8.GetString(Convert.FromBase64String((string)secret["data"]!["token"]!));
        Assert.Equal(_server.Certificates.Authority.Pem, Encoding.UTF8.GetString(Convert.FromBase64String((string)secret["data"]!["ca.crt"]!)));
        using var robot = _server.Remote(token: token);
        await robot.GetAsync("/api", HttpStatusCode.OK);
        await _server.Admin.SendAsync(HttpMethod.Delete, "/api/v1/namespaces/default/secrets/robot-token");
        await robot.GetAsync("/api", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Secret_InTheStore_IsEncryptedAndReadBack()
    {
        await _server.Admin.PostAsync("/api/v1/namespaces/default/secrets", """{"metadata":{"name":"db"},"stringData":{"password":"correct-horse"}}""");
        var stored = await _server.Store.GetAsync("/registry/core/secrets/default/db", cancellation: TestContext.Current.CancellationToken);
        Assert.StartsWith("berth:enc:aesgcm:v1:", Encoding.Latin1.GetString(stored!.Value.Span), StringComparison.Ordinal);
        var read = await _server.Admin.GetAsync("/api/v1/namespaces/default/secrets/db", HttpStatusCode.OK);
        Assert.Equal("correct-horse", Encoding.UTF8.GetString(Convert.FromBase64String((string)read["data"]!["password"]!)));
    }

    [Fact]
    public async Task Impersonation_NeedsItsVerbForEachPart()
    {
        (string, string)[] asBob = [("Impersonate-User", "bob"), ("Impersonate-Group", "devs"), ("Impersonate-Extra-Scopes", "read")];
        var (code, body) = await _server.Admin.SendAsync(HttpMethod.Post, "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}", asBob);
        Assert.True(code == HttpStatusCode.Created, $"{code} {body}");
        Assert.Equal("bob", (string?)body["status"]!["userInfo"]!["username"]);
        Assert.Equal(["devs", "system:authenticated"], body["status"]!["userInfo"]!["groups"]!.AsArray().Select(g => (string?)g));
        Assert.Equal("read", (string?)body["status"]!["userInfo"]!["extra"]!["scopes"]![0]);

        await _server.Admin.PostAsync("/apis/rbac.authorization.k8s.io/v1/clusterroles", """
            {"metadata":{"name":"imp"},"rules":[{"verbs":["impersonate"],"apiGroups":[""],"resources":["users"],"resourceNames":["bob"]}]}
            """);
        await BindAsync("imp", "imp", """{"kind":"User","name":"ann"}""");
        using var ann = _server.As("ann");
        (code, body) = await ann.SendAsync(HttpMethod.Post, "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}", asBob[0]);
        Assert.True(code == HttpStatusCode.Created, $"{code} {body}");
        Assert.Equal(HttpStatusCode.Created, code);
        (code, body) = await ann.SendAsync(HttpMethod.Post, "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}", asBob);
        Assert.Equal(HttpStatusCode.Forbidden, code);
        Assert.Equal("groups \"devs\" is forbidden: User \"ann\" cannot impersonate resource \"groups\" in API group \"\" at the cluster scope", (string?)body["message"]);
        (code, _) = await ann.SendAsync(HttpMethod.Get, "/api", null, asBob[1]);
        Assert.Equal(HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task Escalation_ByRoleOrBinding_IsRefused()
    {
        await BindAsync("ann-admin", "admin", """{"kind":"User","name":"ann"}""");
        using var ann = _server.As("ann");
        const string Roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles";
        await ann.PostAsync(Roles, """{"metadata":{"name":"ok"},"rules":[{"verbs":["get","list"],"apiGroups":[""],"resources":["pods"]}]}""");
        var refusal = await ann.PostAsync(Roles, """{"metadata":{"name":"bad"},"rules":[{"verbs":["get","delete"],"apiGroups":[""],"resources":["nodes"]}]}""", HttpStatusCode.Forbidden);
        Assert.Equal(
            "roles.rbac.authorization.k8s.io \"bad\" is forbidden: user \"ann\" (groups=[\"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[\"\"], Resources:[\"nodes\"], Verbs:[\"get\" \"delete\"]}",
            (string?)refusal["message"]);
        const string Bindings = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings";
        await ann.PostAsync(Bindings, Binding("fine", "view"));
        await ann.PostAsync(Bindings, Binding("evil", "cluster-admin"), HttpStatusCode.Forbidden);

        static string Binding(string name, string role) => $$"""
            {"metadata":{"name":"{{name}}"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"{{role}}"},
             "subjects":[{"kind":"User","apiGroup":"rbac.authorization.k8s.io","name":"bob"}]}
            """;
    }

    [Fact]
    public async Task AccessReviews_AgreeWithTheServer()
    {
        await BindAsync("ann-view", "view", """{"kind":"User","name":"ann"}""");
        using var ann = _server.As("ann");
        Assert.True(await CanAsync("list", "pods"));
        Assert.False(await CanAsync("create", "pods"));
        Assert.False(await CanAsync("get", "secrets"));
        var rules = await ann.PostAsync("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", """{"spec":{"namespace":"default"}}""");
        Assert.Contains(rules["status"]!["resourceRules"]!.AsArray(), r => r!["resources"]!.AsArray().Any(x => (string?)x == "pods/log"));
        Assert.Contains(rules["status"]!["nonResourceRules"]!.AsArray(), r => r!["nonResourceURLs"]!.AsArray().Any(x => (string?)x == "/version"));
        var other = await _server.Admin.PostAsync(
            "/apis/authorization.k8s.io/v1/subjectaccessreviews",
            """{"spec":{"user":"ann","nonResourceAttributes":{"path":"/api","verb":"get"},"groups":["system:authenticated"]}}""");
        Assert.True((bool)other["status"]!["allowed"]!);
        await _server.Admin.PostAsync("/apis/authorization.k8s.io/v1/subjectaccessreviews", """{"spec":{"user":"ann"}}""", HttpStatusCode.UnprocessableEntity);
        await ann.PostAsync("/apis/authorization.k8s.io/v1/subjectaccessreviews", """{"spec":{"user":"ann"}}""", HttpStatusCode.Forbidden);

        async Task<bool> CanAsync(string verb, string resource)
        {
            var answer = await ann.PostAsync(
                "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                $$$$"""{"spec":{"resourceAttributes":{"namespace":"default","verb":"{{{{verb}}}}","resource":"{{{{resource}}}}"}}}""");
            Assert.True(answer["status"]?["allowed"] is not null, answer.ToJsonString());
            return (bool)answer["status"]!["allowed"]!;
        }
    }

    [Fact]
    public async Task Node_WritingItsNode_IsHeldToIt()
    {
        using var node = _server.As("system:node:n1", "system:nodes");
        await node.PostAsync("/api/v1/nodes", """{"metadata":{"name":"n2"}}""", HttpStatusCode.Forbidden);
        await node.PostAsync("/api/v1/nodes", """{"metadata":{"name":"n1","labels":{"node-restriction.kubernetes.io/secure":"yes"}}}""", HttpStatusCode.Forbidden);
        await node.PostAsync("/api/v1/nodes", """{"metadata":{"name":"n1","labels":{"kubernetes.io/hostname":"n1","example.org/rack":"r1"}}}""");
        var (code, body) = await node.SendAsync(HttpMethod.Patch, "/api/v1/nodes/n1", """{"spec":{"taints":[{"key":"a","effect":"NoSchedule"}]}}""");
        Assert.Equal(HttpStatusCode.Forbidden, code);
        Assert.Contains("is not allowed to modify taints", (string?)body["message"], StringComparison.Ordinal);
        (code, _) = await node.SendAsync(HttpMethod.Patch, "/api/v1/nodes/n1/status", """{"status":{"phase":"Running"}}""");
        Assert.Equal(HttpStatusCode.OK, code);
        await node.PostAsync("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases", """{"metadata":{"name":"n1"}}""");
        await node.PostAsync("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases", """{"metadata":{"name":"n2"}}""", HttpStatusCode.Forbidden);
        await node.PostAsync("/api/v1/namespaces/default/pods", """{"metadata":{"name":"p"},"spec":{"nodeName":"n1","containers":[{"name":"c","image":"i"}]}}""", HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Node_AskingForTokens_GetsThoseOfItsPods()
    {
        await _server.Admin.PostAsync("/api/v1/namespaces/default/serviceaccounts", """{"metadata":{"name":"web"}}""");
        var mine = await PodAsync("mine", "n1");
        var theirs = await PodAsync("theirs", "n2");
        using var node = _server.As("system:node:n1", "system:nodes");
        const string Path = "/api/v1/namespaces/default/serviceaccounts/web/token";
        var granted = await node.PostAsync(Path, Body(mine, "mine"));
        var payload = ((string)granted["status"]!["token"]!).Split('.')[1];
        Assert.Contains("\"pod\":{\"name\":\"mine\"", Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(payload)), StringComparison.Ordinal);
        await node.PostAsync(Path, Body(theirs, "theirs"), HttpStatusCode.Forbidden);
        await node.PostAsync(Path, "{}", HttpStatusCode.Forbidden);
        await node.PostAsync(Path, """{"spec":{"audiences":["vault"],"boundObjectRef":{"kind":"Pod","apiVersion":"v1","name":"mine","uid":"UID"}}}""".Replace("UID", mine, StringComparison.Ordinal), HttpStatusCode.Forbidden);

        async Task<string> PodAsync(string name, string nodeName) => (string)(await _server.Admin.PostAsync(
            "/api/v1/namespaces/default/pods",
            $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"nodeName":"{{{nodeName}}}","serviceAccountName":"web","containers":[{"name":"c","image":"i"}]}}"""))["metadata"]!["uid"]!;

        static string Body(string uid, string pod) => $$$$"""{"spec":{"boundObjectRef":{"kind":"Pod","apiVersion":"v1","name":"{{{{pod}}}}","uid":"{{{{uid}}}}"}}}""";
    }

    [Fact]
    public async Task CertificateRequest_CarriesItsMakerAndNeedsAnApprover()
    {
        const string Path = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
        await _server.Admin.PostAsync("/apis/rbac.authorization.k8s.io/v1/clusterroles", """
            {"metadata":{"name":"csr"},"rules":[{"verbs":["create","get","update"],"apiGroups":["certificates.k8s.io"],"resources":["certificatesigningrequests","certificatesigningrequests/approval"]}]}
            """);
        await BindAsync("csr", "csr", """{"kind":"User","name":"ann"}""");
        using var ann = _server.As("ann");
        var made = await ann.PostAsync(Path, Body("mine", "O=devs,CN=ann"));
        Assert.Equal("ann", (string?)made["spec"]!["username"]);
        Assert.Equal(["system:authenticated"], made["spec"]!["groups"]!.AsArray().Select(g => (string?)g));
        var refusal = await ann.PostAsync(Path, Body("evil", "O=system:masters,CN=ann"), HttpStatusCode.Forbidden);
        Assert.Contains("system:masters group is not allowed", (string?)refusal["message"], StringComparison.Ordinal);

        made["status"] = JsonNode.Parse("""{"conditions":[{"type":"Approved","status":"True","reason":"x"}]}""");
        var (code, body) = await ann.SendAsync(HttpMethod.Put, $"{Path}/mine/approval", made.ToJsonString());
        Assert.Equal(HttpStatusCode.Forbidden, code);
        Assert.Contains("user not permitted to approve requests with signerName \"kubernetes.io/kube-apiserver-client\"", (string?)body["message"], StringComparison.Ordinal);
        await BindAsync("csr-approve", "system:certificates.k8s.io:kube-apiserver-client-approver", """{"kind":"User","name":"ann"}""");
        (code, body) = await ann.SendAsync(HttpMethod.Put, $"{Path}/mine/approval", made.ToJsonString());
        Assert.True(code == HttpStatusCode.OK, $"{code} {body}");
        Assert.NotNull(body["status"]!["conditions"]![0]!["lastUpdateTime"]);

        // A status that forgets the approval, and brings a denial, changes neither.
        body["status"] = JsonNode.Parse("""{"conditions":[{"type":"Denied","status":"True","reason":"x"},{"type":"Failed","status":"True","reason":"y"}]}""");
        (_, body) = await _server.Admin.SendAsync(HttpMethod.Put, $"{Path}/mine/status", body.ToJsonString());
        Assert.Equal(["Approved", "Failed"], body["status"]!["conditions"]!.AsArray().Select(c => (string?)c!["type"]));

        static string Body(string name, string subject)
        {
            using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
            var request = new System.Security.Cryptography.X509Certificates.CertificateRequest(subject, key, System.Security.Cryptography.HashAlgorithmName.SHA256);
            var pem = Convert.ToBase64String(Encoding.UTF8.GetBytes(request.CreateSigningRequestPem()));
            return $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"request":"{{{pem}}}","signerName":"kubernetes.io/kube-apiserver-client","usages":["client auth"],"username":"root","groups":["system:masters"]}}""";
        }
    }

    [Fact]
    public async Task Exec_ByGet_NeedsTheRightToCreate()
    {
        await _server.Admin.PostAsync("/apis/rbac.authorization.k8s.io/v1/clusterroles", """
            {"metadata":{"name":"looker"},"rules":[{"verbs":["get"],"apiGroups":[""],"resources":["pods","pods/exec","pods/log"]}]}
            """);
        await BindAsync("looker", "looker", """{"kind":"User","name":"ann"}""");
        using var ann = _server.As("ann");
        var refusal = await ann.GetAsync("/api/v1/namespaces/default/pods/p/exec?command=id", HttpStatusCode.Forbidden);
        Assert.Contains("cannot create resource \"pods/exec\"", (string?)refusal["message"], StringComparison.Ordinal);
        await ann.GetAsync("/api/v1/namespaces/default/pods/p/log", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task OpenIdDocuments_ForAccounts_DescribeTheKey()
    {
        using var account = _server.As("system:serviceaccount:default:web", "system:serviceaccounts");
        var configuration = await account.GetAsync("/.well-known/openid-configuration", HttpStatusCode.OK);
        Assert.Equal("https://kubernetes.default.svc.cluster.local", (string?)configuration["issuer"]);
        var keys = await account.GetAsync("/openid/v1/jwks", HttpStatusCode.OK);
        Assert.Equal(_server.Certificates.ServiceAccountKey.KeyId, (string?)keys["keys"]![0]!["kid"]);
    }

    private static List<string> NamesIn(JsonNode list) => [.. list["items"]!.AsArray().Select(i => (string)i!["metadata"]!["name"]!)];

    private async Task PatchAsync(string path, string patch)
    {
        var (code, body) = await _server.Admin.SendAsync(HttpMethod.Patch, path, patch);
        Assert.True(code == HttpStatusCode.OK, $"PATCH {path}: {code} {body}");
    }

    private Task BindAsync(string name, string role, string subject) => _server.Admin.PostAsync(
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
        $$"""{"metadata":{"name":"{{name}}"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"{{role}}"},"subjects":[{{subject}}]}""");
}
