using System.Net;

namespace Berth.ApiServer.Tests.Admission;

public sealed class PodAdmissionTests
{
    private const string Simple = """{"containers":[{"name":"c","image":"nginx"}]}""";

    [Fact]
    public async Task Pod_NamesNoServiceAccount_GetsTheDefaultOneWithItsToken()
    {
        await using var server = await AdmissionServer.StartAsync();
        var spec = (await server.CreatePodAsync("p", Simple))["spec"]!;
        Assert.Equal("default", (string)spec["serviceAccountName"]!);
        Assert.Equal("default", (string)spec["serviceAccount"]!);
        Assert.Equal("pull", (string)spec["imagePullSecrets"]![0]!["name"]!);
        var volume = spec["volumes"]![0]!;
        Assert.Matches("^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$", (string)volume["name"]!);
        Assert.Equal(3607, (int)volume["projected"]!["sources"]![0]!["serviceAccountToken"]!["expirationSeconds"]!);
        Assert.Equal("kube-root-ca.crt", (string)volume["projected"]!["sources"]![1]!["configMap"]!["name"]!);
        var mount = spec["containers"]![0]!["volumeMounts"]![0]!;
        Assert.Equal("/var/run/secrets/kubernetes.io/serviceaccount", (string)mount["mountPath"]!);
        Assert.True((bool)mount["readOnly"]!);
        Assert.Equal(2, spec["tolerations"]!.AsArray().Count);
        Assert.Equal(0, (int)spec["priority"]!);
        Assert.Equal("PreemptLowerPriority", (string)spec["preemptionPolicy"]!);
    }

    [Fact]
    public async Task Pod_WantsNoToken_GetsNone()
    {
        await using var server = await AdmissionServer.StartAsync();
        var spec = (await server.CreatePodAsync("p", """{"automountServiceAccountToken":false,"containers":[{"name":"c","image":"nginx"}]}"""))["spec"]!;
        Assert.Null(spec["volumes"]);
    }

    [Fact]
    public async Task Pod_ServiceAccountIsMissing_IsRefused()
    {
        await using var server = await AdmissionServer.StartAsync();
        Assert.Equal(
            "pods \"p\" is forbidden: error looking up service account a/x: serviceaccount \"x\" not found",
            await server.PodRefusalAsync("""{"serviceAccountName":"x","containers":[{"name":"c","image":"nginx"}]}"""));
    }

    [Fact]
    public async Task Pod_PriorityClass_IsResolved()
    {
        await using var server = await AdmissionServer.StartAsync();
        await server.CreateAsync("/apis/scheduling.k8s.io/v1/priorityclasses", """{"metadata":{"name":"high"},"value":7,"preemptionPolicy":"Never"}""");
        await server.CreateAsync("/apis/scheduling.k8s.io/v1/priorityclasses", """{"metadata":{"name":"usual"},"value":3,"globalDefault":true}""");
        var named = (await server.CreatePodAsync("p", """{"priorityClassName":"high","containers":[{"name":"c","image":"nginx"}]}"""))["spec"]!;
        Assert.Equal(7, (int)named["priority"]!);
        Assert.Equal("Never", (string)named["preemptionPolicy"]!);
        var unnamed = (await server.CreatePodAsync("q", Simple))["spec"]!;
        Assert.Equal((3, "usual"), ((int)unnamed["priority"]!, (string)unnamed["priorityClassName"]!));
        Assert.Equal(
            "pods \"p\" is forbidden: no PriorityClass with name none was found",
            await server.PodRefusalAsync("""{"priorityClassName":"none","containers":[{"name":"c","image":"nginx"}]}"""));
        Assert.Equal(
            "priorityclasses.scheduling.k8s.io \"more\" is forbidden: PriorityClass usual is already marked as default. Only one default can exist",
            await server.RefusalAsync("/apis/scheduling.k8s.io/v1/priorityclasses", """{"metadata":{"name":"more"},"value":4,"globalDefault":true}""", HttpStatusCode.Forbidden));
    }

    [Fact]
    public async Task Pod_LimitRange_FillsInAndRefuses()
    {
        await using var server = await AdmissionServer.StartAsync();
        await server.CreateAsync(
            "/api/v1/namespaces/a/limitranges",
            """{"metadata":{"name":"l"},"spec":{"limits":[{"type":"Container","default":{"cpu":"500m"},"defaultRequest":{"cpu":"100m"},"max":{"cpu":"1"}}]}}""");
        var pod = await server.CreatePodAsync("p", Simple);
        Assert.Equal("500m", (string)pod["spec"]!["containers"]![0]!["resources"]!["limits"]!["cpu"]!);
        Assert.Equal("100m", (string)pod["spec"]!["containers"]![0]!["resources"]!["requests"]!["cpu"]!);
        Assert.Equal(
            "LimitRanger plugin set: cpu request for container c; cpu limit for container c", (string)pod["metadata"]!["annotations"]!["kubernetes.io/limit-ranger"]!);
        Assert.Equal(
            "pods \"p\" is forbidden: maximum cpu usage per Container is 1, but limit is 2",
            await server.PodRefusalAsync("""{"containers":[{"name":"c","image":"nginx","resources":{"limits":{"cpu":"2"}}}]}"""));
    }

    [Fact]
    public async Task Pod_RuntimeClass_AddsOverhead()
    {
        await using var server = await AdmissionServer.StartAsync();
        await server.CreateAsync(
            "/apis/node.k8s.io/v1/runtimeclasses",
            """{"metadata":{"name":"vm"},"handler":"kata","overhead":{"podFixed":{"memory":"100Mi"}},"scheduling":{"nodeSelector":{"vm":"yes"}}}""");
        var spec = (await server.CreatePodAsync("p", """{"runtimeClassName":"vm","containers":[{"name":"c","image":"nginx"}]}"""))["spec"]!;
        Assert.Equal("100Mi", (string)spec["overhead"]!["memory"]!);
        Assert.Equal("yes", (string)spec["nodeSelector"]!["vm"]!);
        Assert.Equal(
            "pods \"p\" is forbidden: pod rejected: RuntimeClass \"none\" not found",
            await server.PodRefusalAsync("""{"runtimeClassName":"none","containers":[{"name":"c","image":"nginx"}]}"""));
    }

    [Fact]
    public async Task Pod_OverQuota_IsRefusedWithWhatIsUsed()
    {
        await using var server = await AdmissionServer.StartAsync();
        await server.CreateAsync("/api/v1/namespaces/a/resourcequotas", """{"metadata":{"name":"q"},"spec":{"hard":{"pods":"2","requests.cpu":"1"}}}""");
        const string Pod = """{"containers":[{"name":"c","image":"nginx","resources":{"requests":{"cpu":"600m"}}}]}""";
        await server.CreatePodAsync("one", Pod);
        Assert.Equal("pods \"p\" is forbidden: exceeded quota: q, requested: requests.cpu=600m, used: requests.cpu=600m, limited: requests.cpu=1", await server.PodRefusalAsync(Pod));
        Assert.Equal("pods \"p\" is forbidden: failed quota: q: must specify requests.cpu for: c", await server.PodRefusalAsync(Simple));
    }

    [Fact]
    public async Task Pods_CreatedAtOnceUnderAQuota_NeverExceedIt()
    {
        await using var server = await AdmissionServer.StartAsync();
        await server.CreateAsync("/api/v1/namespaces/a/resourcequotas", """{"metadata":{"name":"q"},"spec":{"hard":{"pods":"5"}}}""");
        var codes = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
            (await server.SendAsync(HttpMethod.Post, "/api/v1/namespaces/a/pods", $$$"""{"metadata":{"name":"p{{{i}}}"},"spec":{{{Simple}}}}""")).Code));
        Assert.Equal(5, codes.Count(c => c == HttpStatusCode.Created));
        Assert.Equal(15, codes.Count(c => c == HttpStatusCode.Forbidden));
    }

    [Theory]
    [InlineData(
        "baseline",
        """{"hostNetwork":true,"containers":[{"name":"c","image":"nginx","securityContext":{"privileged":true,"capabilities":{"add":["SYS_ADMIN"]}}}]}""",
        "host namespaces (hostNetwork=true), privileged (container \"c\" must not set securityContext.privileged=true)")]
    [InlineData(
        "restricted",
        """{"containers":[{"name":"c","image":"nginx"}]}""",
        "allowPrivilegeEscalation != false (container \"c\" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container \"c\" must set securityContext.capabilities.drop=[\"ALL\"]), runAsNonRoot != true (pod or container \"c\" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container \"c\" must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")")]
    public async Task Pod_ViolatesItsNamespacesStandard_IsRefused(string level, string spec, string expected)
    {
        await using var server = await AdmissionServer.StartAsync($$"""{"pod-security.kubernetes.io/enforce":"{{level}}"}""");
        var message = await server.PodRefusalAsync(spec);
        Assert.StartsWith($"pods \"p\" is forbidden: violates PodSecurity \"{level}:latest\": ", message, StringComparison.Ordinal);
        foreach (var part in expected.Split("), "))
            Assert.Contains(part.TrimEnd(')'), message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pod_KeepsToTheRestrictedStandard_IsAccepted()
    {
        await using var server = await AdmissionServer.StartAsync("""{"pod-security.kubernetes.io/enforce":"restricted"}""");
        await server.CreatePodAsync(
            "p",
            """{"securityContext":{"runAsNonRoot":true,"seccompProfile":{"type":"RuntimeDefault"}},"containers":[{"name":"c","image":"nginx","securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}""");
    }

    [Fact]
    public async Task Claim_NamesNoClass_GetsTheDefault()
    {
        await using var server = await AdmissionServer.StartAsync();
        await server.CreateAsync(
            "/apis/storage.k8s.io/v1/storageclasses",
            """{"metadata":{"name":"disk","annotations":{"storageclass.kubernetes.io/is-default-class":"true"}},"provisioner":"a/b"}""");
        var claim = await server.CreateAsync(
            "/api/v1/namespaces/a/persistentvolumeclaims", """{"metadata":{"name":"c"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}""");
        Assert.Equal("disk", (string)claim["spec"]!["storageClassName"]!);
    }
}
