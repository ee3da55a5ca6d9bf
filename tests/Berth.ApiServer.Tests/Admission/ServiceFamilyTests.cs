using System.Net;
using System.Text.Json.Nodes;

namespace Berth.ApiServer.Tests.Admission;

/// <summary>Services in clusters of both address families: what they get, and how the second family is added and given up.</summary>
public sealed class ServiceFamilyTests
{
    private const string Services = "/api/v1/namespaces/a/services";
    private const string Ports = "\"ports\":[{\"port\":80}]";

    [Theory]
    [InlineData("10.96.0.0/24,fd96::/108", "", "SingleStack", "IPv4")]
    [InlineData("fd96::/108,10.96.0.0/24", "", "SingleStack", "IPv6")]
    [InlineData("fd96::/108", "\"ipFamilyPolicy\":\"PreferDualStack\",", "PreferDualStack", "IPv6")]
    [InlineData("10.96.0.0/24,fd96::/108", "\"ipFamilyPolicy\":\"PreferDualStack\",", "PreferDualStack", "IPv4 IPv6")]
    [InlineData("10.96.0.0/24,fd96::/108", "\"ipFamilyPolicy\":\"RequireDualStack\",\"ipFamilies\":[\"IPv6\"],", "RequireDualStack", "IPv6 IPv4")]
    [InlineData("10.96.0.0/24,fd96::/108", "\"ipFamilies\":[\"IPv6\"],", "SingleStack", "IPv6")]
    [InlineData("10.96.0.0/24,fd96::/108", "\"clusterIP\":\"fd96::20\",", "SingleStack", "IPv6")]
    [InlineData("10.96.0.0/24,fd96::/108", "\"ipFamilyPolicy\":\"PreferDualStack\",\"clusterIP\":\"fd96::20\",\"clusterIPs\":[\"fd96::20\",\"10.96.0.20\"],", "PreferDualStack", "IPv6 IPv4")]
    public async Task Service_IsCreated_GetsAnAddressOfEachFamily(string ranges, string fields, string policy, string families)
    {
        await using var server = await AdmissionServer.StartAsync(serviceCidr: ranges);
        var spec = (await server.CreateServiceAsync("s", $"{{{fields}{Ports}}}"))["spec"]!;
        Assert.Equal(policy, (string)spec["ipFamilyPolicy"]!);
        Assert.Equal(families.Split(' '), Strings(spec["ipFamilies"]));
        var addresses = Strings(spec["clusterIPs"]);
        Assert.Equal(families.Split(' '), addresses.Select(a => a.Contains(':', StringComparison.Ordinal) ? "IPv6" : "IPv4"));
        Assert.Equal(addresses[0], (string)spec["clusterIP"]!);
        if (fields.Contains("fd96::20", StringComparison.Ordinal))
            Assert.Equal("fd96::20", addresses[0]);
    }

    [Theory]
    [InlineData("\"ipFamilyPolicy\":\"SingleStack\",\"ipFamilies\":[\"IPv4\",\"IPv6\"],", "spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified")]
    [InlineData("\"clusterIP\":\"fd97::1\",", "spec.clusterIPs: Invalid value: [\"fd97::1\"]: failed to allocate IP fd97::1: the provided IP (fd97::1) is not in the valid range. The range of valid IPs is fd96::/108")]
    [InlineData("\"ipFamilyPolicy\":\"RequireDualStack\",\"clusterIP\":\"10.96.0.1\",\"clusterIPs\":[\"10.96.0.1\",\"10.96.0.2\"],", "spec.clusterIPs: Invalid value: [\"10.96.0.1\",\"10.96.0.2\"]: may specify no more than one IP for each IP family")]
    public async Task Service_ContradictsItself_IsRefused(string fields, string expected)
    {
        await using var server = await AdmissionServer.StartAsync(serviceCidr: "10.96.0.0/24,fd96::/108");
        var message = await server.RefusalAsync(Services, $$$"""{"metadata":{"name":"x"},"spec":{{{{fields}}}{{{Ports}}}}}""", HttpStatusCode.UnprocessableEntity);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PreferDualStack")]
    [InlineData("RequireDualStack")]
    public async Task Service_AsksForBoth_KeepsItsAddressAndGetsAnother(string policy)
    {
        await using var server = await AdmissionServer.StartAsync(serviceCidr: "10.96.0.0/24,fd96::/108");
        var first = (string)(await server.CreateServiceAsync("s", $"{{{Ports}}}"))["spec"]!["clusterIP"]!;
        var up = await PatchAsync(server, $$$"""{"spec":{"ipFamilyPolicy":"{{{policy}}}"}}""");
        var addresses = Strings(up["clusterIPs"]);
        Assert.Equal(first, addresses[0]);
        Assert.StartsWith("fd96::", addresses[1], StringComparison.Ordinal);
        Assert.Equal(["IPv4", "IPv6"], Strings(up["ipFamilies"]));

        var down = await PatchAsync(server, """{"spec":{"ipFamilyPolicy":"SingleStack"}}""");
        Assert.Equal([first], Strings(down["clusterIPs"]));
        Assert.Equal(["IPv4"], Strings(down["ipFamilies"]));
        // What was given up is free for others.
        await server.CreateServiceAsync("t", $$$"""{"ipFamilies":["IPv6"],"clusterIP":"{{{addresses[1]}}}",{{{Ports}}}}""");
    }

    [Fact]
    public async Task Service_DropsTheSecondFamilyUnasked_IsRefused()
    {
        await using var server = await AdmissionServer.StartAsync(serviceCidr: "10.96.0.0/24,fd96::/108");
        var spec = (await server.CreateServiceAsync("s", $$$"""{"ipFamilyPolicy":"RequireDualStack",{{{Ports}}}}"""))["spec"]!;
        var (code, status) = await server.SendAsync(HttpMethod.Patch, $"{Services}/s", $$$"""{"spec":{"clusterIPs":["{{{(string)spec["clusterIP"]!}}}"]}}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
        Assert.Contains("must be 'SingleStack' to release the secondary cluster IP", (string)status["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_ChangesItsPrimaryFamily_IsRefused()
    {
        await using var server = await AdmissionServer.StartAsync(serviceCidr: "10.96.0.0/24,fd96::/108");
        await server.CreateServiceAsync("s", $$$"""{"ipFamilyPolicy":"RequireDualStack",{{{Ports}}}}""");
        var (code, status) = await server.SendAsync(HttpMethod.Patch, $"{Services}/s", """{"spec":{"ipFamilies":["IPv6","IPv4"]}}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
        Assert.Contains("IPv", (string)status["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServiceCidr_OfOneFamily_MayGetTheOther()
    {
        const string Ranges = "/apis/networking.k8s.io/v1/servicecidrs";
        await using var server = await AdmissionServer.StartAsync(serviceCidr: "10.96.0.0/24,fd96::/108");
        await server.CreateAsync(Ranges, """{"metadata":{"name":"more"},"spec":{"cidrs":["203.0.113.0/28"]}}""");
        var (same, _) = await server.SendAsync(HttpMethod.Patch, $"{Ranges}/more", """{"spec":{"cidrs":["203.0.113.0/28","198.51.100.0/28"]}}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, same);
        var (other, _) = await server.SendAsync(HttpMethod.Patch, $"{Ranges}/more", """{"spec":{"cidrs":["203.0.113.0/28","fd97::/112"]}}""");
        Assert.Equal(HttpStatusCode.OK, other);
        var (back, _) = await server.SendAsync(HttpMethod.Patch, $"{Ranges}/more", """{"spec":{"cidrs":["203.0.113.0/28"]}}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, back);
    }

    private static async Task<JsonNode> PatchAsync(AdmissionServer server, string patch)
    {
        var (code, body) = await server.SendAsync(HttpMethod.Patch, $"{Services}/s", patch);
        Assert.True(code == HttpStatusCode.OK, body.ToJsonString());
        return body["spec"]!;
    }

    private static string[] Strings(JsonNode? array) => [.. array!.AsArray().Select(v => (string)v!)];
}
