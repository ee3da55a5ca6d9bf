using System.Diagnostics;
using System.Globalization;
using System.Net;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Client.Informers;
using Berth.Ingress;
using Berth.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Yarp.ReverseProxy.Forwarder;
using IngressObject = Berth.Api.Networking.V1.Ingress;
using IPAddress = System.Net.IPAddress;

// Requests through the ingress controller, with 1,000 Ingresses, beside the same through YARP alone, in turn. Backend and clients are in the
// same process and take most of its time: the share is of the whole way. Exit code 1: the limit was missed.

const int Clients = 32;
const int Rounds = 4;
const double Limit = 80;
var duration = TimeSpan.FromSeconds(3);

await using var backend = Web(_ => { });
backend.Run(context => context.Response.WriteAsync("hello"));
await backend.StartAsync();
var destination = backend.Urls.Single();

await using var yarp = Web(services => services.AddHttpForwarder());
var forwarder = yarp.Services.GetRequiredService<IHttpForwarder>();
using var invoker = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None, UseCookies = false });
yarp.Run(async context => await forwarder.SendAsync(context, destination, invoker, ForwarderRequestConfig.Empty, HttpTransformer.Default));
await yarp.StartAsync();

var cluster = new FakeCluster();
cluster.Put(new Service { Metadata = new() { Namespace = "default", Name = "web" }, Spec = new() { ClusterIP = "10.0.0.1", Ports = [new() { Port = 80, Protocol = "TCP" }] } });
cluster.Put(new EndpointSlice
{
    Metadata = new() { Namespace = "default", Name = "web-1", Labels = ApiMap.Of(("kubernetes.io/service-name", "web")) },
    AddressType = "IPv4",
    Endpoints = [new() { Addresses = ["127.0.0.1"], Conditions = new() { Ready = true } }],
    Ports = [new() { Protocol = "TCP", Port = new Uri(destination).Port }],
});
cluster.Put(new Berth.Api.Networking.V1.IngressClass { Metadata = new() { Name = "berth" }, Spec = new() { Controller = IngressServerOptions.Controller } });
for (var i = 0; i < 1000; i++)
{
    cluster.Put(new IngressObject
    {
        Metadata = new() { Namespace = "default", Name = $"web-{i}" },
        Spec = new()
        {
            IngressClassName = "berth",
            Rules = [new() { Host = $"host-{i}.example.com", Http = new() { Paths = [new() { Path = "/", PathType = "Prefix", Backend = new() { Service = new() { Name = "web", Port = new() { Number = 80 } } } }] } }],
        },
    });
}
var informers = new InformerFactory(cluster);
using var stop = new CancellationTokenSource();
await using var ingress = await IngressServer.StartAsync(
    informers, new IngressServerOptions { Http = [new IPEndPoint(IPAddress.Loopback, 0)] }, null, NullLoggerFactory.Instance, TimeProvider.System, stop.Token);
var running = Task.WhenAll(informers.RunAsync(stop.Token), ingress.RunAsync(stop.Token));
await ingress.Ready;

Console.WriteLine($"load of the machine at the start: {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
await LoadAsync(yarp.Urls.Single());
await LoadAsync($"http://{ingress.EndPoints[0]}");
List<double> alone = [], through = [];
for (var round = 0; round < Rounds; round++)
{
    alone.Add(await LoadAsync(yarp.Urls.Single()));
    through.Add(await LoadAsync($"http://{ingress.EndPoints[0]}"));
}
await stop.CancelAsync();
await running;
var share = through.Sum() / alone.Sum() * 100;
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"YARP alone            {alone.Average(),10:#,0} requests/s"));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ingress               {through.Average(),10:#,0} requests/s"));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ingress of YARP alone {share,10:0} %   limit >= {Limit:0} %{(share >= Limit ? "" : "  MISSED")}"));
return share >= Limit ? 0 : 1;

async Task<double> LoadAsync(string url)
{
    using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
    var clock = Stopwatch.StartNew();
    var counts = await Task.WhenAll(Enumerable.Range(0, Clients).Select(n => Task.Run(async () =>
    {
        var count = 0L;
        while (clock.Elapsed < duration)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.Host = $"host-{n * 30}.example.com";
            using var answer = await client.SendAsync(request);
            answer.EnsureSuccessStatusCode();
            await answer.Content.ReadAsByteArrayAsync();
            count++;
        }
        return count;
    })));
    return counts.Sum() / clock.Elapsed.TotalSeconds;
}

static WebApplication Web(Action<IServiceCollection> configure)
{
    var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
    builder.Services.AddLogging();
    configure(builder.Services);
    builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
    return builder.Build();
}
