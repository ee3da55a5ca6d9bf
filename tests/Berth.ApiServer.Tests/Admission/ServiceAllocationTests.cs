using System.Net;
using System.Text.Json.Nodes;

namespace Berth.ApiServer.Tests.Admission;

public sealed class ServiceAllocationTests
{
    private const string Services = "/api/v1/namespaces/a/services";

    [Fact]
    public async Task Service_NamesNoAddress_GetsOneAndTheFamilyFields()
    {
        await using var server = await AdmissionServer.StartAsync();
        var spec = (await server.CreateServiceAsync("s", """{"ports":[{"port":80}]}"""))["spec"]!;
        var address = (string)spec["clusterIP"]!;
        Assert.StartsWith("10.96.0.", address, StringComparison.Ordinal);
        Assert.Equal(address, (string)spec["clusterIPs"]![0]!);
        Assert.Equal("IPv4", (string)spec["ipFamilies"]![0]!);
        Assert.Equal("SingleStack", (string)spec["ipFamilyPolicy"]!);
        // The lowest sixteenth, but at least 16 addresses, is given out by request alone.
        Assert.True(int.Parse(address.Split('.')[3]) > 16, address);
    }

    [Fact]
    public async Task Service_AskedAddressIsFree_GetsItOnce()
    {
        await using var server = await AdmissionServer.StartAsync();
        await server.CreateServiceAsync("dns", """{"clusterIP":"10.96.0.10","ports":[{"port":53}]}""");
        var message = await server.RefusalAsync(
            Services, """{"metadata":{"name":"other"},"spec":{"clusterIP":"10.96.0.10","ports":[{"port":53}]}}""", HttpStatusCode.UnprocessableEntity);
        Assert.Equal("Service \"other\" is invalid: spec.clusterIPs: Invalid value: [\"10.96.0.10\"]: failed to allocate IP 10.96.0.10: provided IP is already allocated", message);
    }

    [Theory]
    [InlineData("""{"clusterIP":"1.2.3.4","ports":[{"port":80}]}""", "spec.clusterIPs: Invalid value: [\"1.2.3.4\"]: failed to allocate IP 1.2.3.4: the provided IP (1.2.3.4) is not in the valid range. The range of valid IPs is 10.96.0.0/24")]
    [InlineData("""{"ipFamilies":["IPv6"],"ports":[{"port":80}]}""", "spec.ipFamilies[0]: Invalid value: \"IPv6\": not configured on this cluster")]
    [InlineData("""{"ipFamilyPolicy":"RequireDualStack","ports":[{"port":80}]}""", "spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": this cluster is not configured for dual-stack services")]
    [InlineData("""{"clusterIP":"::1","ports":[{"port":80}]}""", "spec.clusterIPs[0]: Invalid value: [\"::1\"]: IPv6 is not configured on this cluster")]
    [InlineData("""{"type":"NodePort","ports":[{"port":80,"nodePort":80}]}""", "spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767")]
    public async Task Service_AsksForWhatThereIsNot_IsRefusedInKubernetesWords(string spec, string expected)
    {
        await using var server = await AdmissionServer.StartAsync();
        var message = await server.RefusalAsync(Services, $$$"""{"metadata":{"name":"x"},"spec":{{{spec}}}}""", HttpStatusCode.UnprocessableEntity);
        Assert.Equal($"Service \"x\" is invalid: {expected}", message);
    }

    [Fact]
    public async Task Services_CreatedAtOnce_NeverShareAddressesOrPorts()
    {
        await using var server = await AdmissionServer.StartAsync();
        var all = await Task.WhenAll(Enumerable.Range(0, 100).Select(i =>
            server.CreateServiceAsync($"s{i}", """{"type":"NodePort","ports":[{"name":"a","port":80},{"name":"b","port":81}]}""")));
        Assert.Equal(100, all.Select(s => (string)s["spec"]!["clusterIP"]!).Distinct().Count());
        Assert.Equal(200, all.SelectMany(s => s["spec"]!["ports"]!.AsArray()).Select(p => (int)p!["nodePort"]!).Distinct().Count());
    }

    [Fact]
    public async Task Service_Deleted_ItsAddressAndPortAreFree()
    {
        await using var server = await AdmissionServer.StartAsync();
        const string Spec = """{"type":"NodePort","clusterIP":"10.96.0.20","ports":[{"port":80,"nodePort":30100}]}""";
        for (var i = 0; i < 5; i++)
        {
            await server.CreateServiceAsync("s", Spec);
            var (code, _) = await server.SendAsync(HttpMethod.Delete, $"{Services}/s");
            Assert.Equal(HttpStatusCode.OK, code);
        }
    }

    [Fact]
    public async Task Service_RefusedAfterAllocation_GivesBackWhatItGot()
    {
        await using var server = await AdmissionServer.StartAsync();
        // The port's name is bad, which validation finds only behind the allocation.
        await server.RefusalAsync(
            Services, """{"metadata":{"name":"bad"},"spec":{"clusterIP":"10.96.0.30","ports":[{"name":"A_","port":80}]}}""", HttpStatusCode.UnprocessableEntity);
        await server.CreateServiceAsync("good", """{"clusterIP":"10.96.0.30","ports":[{"port":80}]}""");
    }

    [Fact]
    public async Task Service_BecomesClusterIP_LosesItsNodePort()
    {
        await using var server = await AdmissionServer.StartAsync();
        await server.CreateServiceAsync("s", """{"type":"NodePort","ports":[{"port":80,"nodePort":30200}]}""");
        var (code, changed) = await server.SendAsync(HttpMethod.Patch, $"{Services}/s", """{"spec":{"type":"ClusterIP"}}""");
        Assert.True(code == HttpStatusCode.OK, changed.ToJsonString());
        Assert.Null(changed["spec"]!["ports"]![0]!["nodePort"]);
        await server.CreateServiceAsync("t", """{"type":"NodePort","ports":[{"port":80,"nodePort":30200}]}""");
    }

    [Fact]
    public async Task Service_UpdateDoesNotMentionWhatItHas_KeepsIt()
    {
        await using var server = await AdmissionServer.StartAsync();
        var before = (await server.CreateServiceAsync("s", """{"type":"LoadBalancer","externalTrafficPolicy":"Local","ports":[{"port":80}]}"""))["spec"]!;
        var (code, after) = await server.SendAsync(
            HttpMethod.Put, $"{Services}/s", """{"metadata":{"name":"s"},"spec":{"type":"LoadBalancer","externalTrafficPolicy":"Local","ports":[{"port":80}]}}""");
        Assert.True(code == HttpStatusCode.OK, after.ToJsonString());
        Assert.True(JsonNode.DeepEquals(before, after["spec"]), after["spec"]!.ToJsonString());
        Assert.InRange((int)before["healthCheckNodePort"]!, 30000, 32767);
    }

    [Fact]
    public async Task Service_ClusterIPChanged_IsRefused()
    {
        await using var server = await AdmissionServer.StartAsync();
        await server.CreateServiceAsync("s", """{"clusterIP":"10.96.0.40","ports":[{"port":80}]}""");
        var (code, status) = await server.SendAsync(HttpMethod.Patch, $"{Services}/s", """{"spec":{"clusterIP":"10.96.0.41","clusterIPs":["10.96.0.41"]}}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
        Assert.Contains("spec.clusterIPs[0]: Invalid value: [\"10.96.0.41\"]: may not change once set", (string)status["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_HeadlessOrExternal_GetsNoAddress()
    {
        await using var server = await AdmissionServer.StartAsync();
        var headless = await server.CreateServiceAsync("h", """{"clusterIP":"None","selector":{"a":"b"}}""");
        Assert.Equal("None", (string)headless["spec"]!["clusterIP"]!);
        var external = await server.CreateServiceAsync("e", """{"type":"ExternalName","externalName":"example.com"}""");
        Assert.Null(external["spec"]!["clusterIP"]);
    }

    [Fact]
    public async Task Service_InAFurtherRange_GetsItsAddressOnceTheRangeIsReady()
    {
        await using var server = await AdmissionServer.StartAsync();
        const string Ranges = "/apis/networking.k8s.io/v1/servicecidrs";
        await server.CreateAsync(Ranges, """{"metadata":{"name":"more"},"spec":{"cidrs":["203.0.113.0/28"]}}""");
        const string Asked = """{"clusterIP":"203.0.113.5","ports":[{"port":80}]}""";
        await server.RefusalAsync(Services, $$"""{"metadata":{"name":"early"},"spec":{{Asked}}}""", HttpStatusCode.UnprocessableEntity);
        var (code, body) = await server.SendAsync(HttpMethod.Patch, $"{Ranges}/more/status",
            """{"status":{"conditions":[{"type":"Ready","status":"True","reason":"","message":"","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}""");
        Assert.True(code == HttpStatusCode.OK, body.ToJsonString());
        await server.CreateServiceAsync("s", Asked);
        var message = await server.RefusalAsync(Services, """{"metadata":{"name":"out"},"spec":{"clusterIP":"203.0.113.99","ports":[{"port":80}]}}""", HttpStatusCode.UnprocessableEntity);
        Assert.EndsWith("is not in the valid range. The range of valid IPs is 10.96.0.0/24, 203.0.113.0/28", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_FirstRangeIsFull_TakesFromTheNext()
    {
        await using var server = await AdmissionServer.StartAsync();
        const string Ranges = "/apis/networking.k8s.io/v1/servicecidrs";
        await server.CreateAsync(Ranges, """{"metadata":{"name":"more"},"spec":{"cidrs":["203.0.113.0/28"]}}""");
        await server.SendAsync(HttpMethod.Patch, $"{Ranges}/more/status",
            """{"status":{"conditions":[{"type":"Ready","status":"True","reason":"","message":"","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}""");
        var all = new List<string>();
        // 254 addresses, save that of the DNS, which is given to nobody unasked; the server itself may have one.
        for (var i = 0; i < 260; i++)
            all.Add((string)(await server.CreateServiceAsync($"s{i}", """{"ports":[{"port":80}]}"""))["spec"]!["clusterIP"]!);
        Assert.Equal(260, all.Distinct().Count());
        Assert.Contains(all, a => a.StartsWith("203.0.113.", StringComparison.Ordinal));
        Assert.DoesNotContain("10.96.0.10", all);
    }

    [Fact]
    public async Task IPAddress_OfSomebodyElse_IsGivenToNoService()
    {
        await using var server = await AdmissionServer.StartAsync();
        await server.CreateAsync("/apis/networking.k8s.io/v1/ipaddresses",
            """{"metadata":{"name":"10.96.0.50"},"spec":{"parentRef":{"group":"example.com","resource":"gateways","namespace":"a","name":"g"}}}""");
        var message = await server.RefusalAsync(Services, """{"metadata":{"name":"x"},"spec":{"clusterIP":"10.96.0.50","ports":[{"port":80}]}}""", HttpStatusCode.UnprocessableEntity);
        Assert.EndsWith("provided IP is already allocated", message, StringComparison.Ordinal);
    }
}
