using Berth.Network.Bench;

// What a node's network does at the sizes that it is made for: the rules of 10,000 Services with 50,000 endpoints in the kernel, how soon a
// change of one endpoint is there, what a connection through them costs beside a direct one, and DNS answers of one core. With the
// argument "pods" only what lies between pods of a node. Needs root: it makes network namespaces of its own, which are gone at the end. Exit
// code 1: something missed its limit.

if (args is ["dns-server", var port])
    return await DnsLoad.ServeAsync(int.Parse(port, System.Globalization.CultureInfo.InvariantCulture));

Console.WriteLine($"load of the machine at the start: {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
Console.WriteLine($"{"measure",-64} {"measured",14} {"limit",12}");
var report = new Report();
if (args is not ["pods"])
{
    await ServiceScale.ColdStartAsync(report);
    await ServiceScale.RunAsync(report);
}

await PodThroughput.RunAsync(report);
await PodLinkCost.RunAsync(report);
if (args is not ["pods"])
    await DnsLoad.RunAsync(report);
return report.ExitCode;
