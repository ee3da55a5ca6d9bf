using System.Diagnostics;
using System.Net;
namespace Berth.ApiServer.Tests.Bootstrap;
public sealed class ScratchTests
{
    [Fact]
    public async Task Measure()
    {
        await using var server = await SecureServer.StartAsync();
        for (var round = 0; round < 4; round++)
        {
            var cpu = Process.GetCurrentProcess().TotalProcessorTime; var watch = Stopwatch.StartNew();
            for (var i = 0; i < 100; i++) { using var c = server.Remote(server.Certificates.Admin.Current); await c.GetAsync("/version", HttpStatusCode.OK); }
            Console.Error.WriteLine($"HANDSHAKE {watch.Elapsed.TotalMilliseconds / 100:F2} ms wall, {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMilliseconds / 100:F2} ms cpu");
            cpu = Process.GetCurrentProcess().TotalProcessorTime; watch.Restart();
            using var one = server.Remote(server.Certificates.Admin.Current);
            for (var i = 0; i < 1000; i++) await one.GetAsync("/version", HttpStatusCode.OK);
            Console.Error.WriteLine($"REQUEST {watch.Elapsed.TotalMilliseconds:F2} us wall, {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMilliseconds:F2} us cpu");
        }
    }
}
