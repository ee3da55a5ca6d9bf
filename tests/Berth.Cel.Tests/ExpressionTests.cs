using System.Text.Json.Nodes;
using Berth.Cel.Json;
using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Tests;

/// <summary>Tables of expressions that are true, that fail when they run, and that do not compile.</summary>
public sealed class ExpressionTests
{
    private static readonly CelEnvironment s_environment = CelEnvironment.Kubernetes
        .WithBind()
        .WithVariable("object", CelType.Dyn)
        .WithVariable("text", CelType.String)
        .WithVariable("numbers", CelType.List(CelType.Int))
        .WithVariable("labels", CelType.Map(CelType.String, CelType.String));

    private static readonly CelInputs s_inputs = new()
    {
        ["object"] = JsonValues.Of(JsonNode.Parse("""
            {"metadata": {"name": "web", "labels": {"app": "web", "a/b": "c"}}, "spec": {"replicas": 3, "ratio": 0.5, "none": null, "on": true,
             "containers": [{"name": "a", "image": "x:1"}, {"name": "b", "image": "y:2"}]}}
            """)),
        ["text"] = "hello world",
        ["numbers"] = CelList.Of([3L, 1L, 2L]),
        ["labels"] = CelMap.Of([KeyValuePair.Create("app", (CelValue)"web")]),
    };

    [Theory]
    // Literals.
    [InlineData("1 + 2 * 3 == 7 && (1 + 2) * 3 == 9")]
    [InlineData("0x1F == 31 && -0x1 == -1 && 1u + 2u == 3u && 1.5e2 == 150.0 && .5 == 0.5")]
    [InlineData("'a' == \"a\" && '''a'b''' == \"a'b\" && r'\\n' == '\\\\n' && '\\u00e9' == 'é' && '\\x41\\101' == 'AA'")]
    [InlineData("b'abc' == b'\\x61bc' && size(b'é') == 2 && size('é') == 1 && size('😀a') == 2")]
    [InlineData("-9223372036854775808 < 0 && 9223372036854775807 > 0 && 18446744073709551615u > 0u")]
    [InlineData("[1, 2, 3][1] == 2 && {'a': 1}['a'] == 1 && {'a': 1}.a == 1 && {1: 'x'}[1] == 'x'")]
    [InlineData("// a comment\ntrue // another")]
    // Operators.
    [InlineData("7 / 2 == 3 && -7 / 2 == -3 && 7 % 3 == 1 && -7 % 3 == -1 && 7.0 / 2.0 == 3.5")]
    [InlineData("1.0 / 0.0 > 1e300 && !(0.0 / 0.0 == 0.0 / 0.0)")]
    [InlineData("1 < 2.5 && 2u > 1 && 1.0 <= 1u && dyn(1) == dyn(1.0) && dyn(1) == 1u && dyn(1) != 'a'")]
    [InlineData("'abc' < 'abd' && b'a' < b'b' && false < true && 'a' + 'b' == 'ab' && [1] + [2] == [1, 2]")]
    [InlineData("2 in [1, 2] && 'a' in {'a': 1} && !('b' in {'a': 1}) && 1.0 in [dyn(1)]")]
    [InlineData("true ? true : false && !!true && --1 == 1")]
    [InlineData("true || (1 / 0 == 0) && true")]
    [InlineData("(1 / 0 == 0) || true")]
    [InlineData("!((1 / 0 == 0) && false)")]
    [InlineData("[{'a': [1, 2]}] == [{'a': [1, 2]}] && {'a': 1, 'b': 2} == {'b': 2, 'a': 1}")]
    // Types and conversions.
    [InlineData("type(1) == int && type('a') == string && type([]) == list && type(type(1)) == type && type(null) == null_type")]
    [InlineData("int('42') == 42 && int(3.9) == 3 && int(-3.9) == -3 && uint(5) == 5u && double('1.5') == 1.5 && bool('true')")]
    [InlineData("string(1) == '1' && string(1.5) == '1.5' && string(1e6) == '1e+06' && string(true) == 'true' && string(b'abc') == 'abc' && string(100000.0) == '100000'")]
    [InlineData("string(timestamp('2024-01-02T03:04:05.5Z')) == '2024-01-02T03:04:05.5Z' && string(duration('90s')) == '90s' && string(duration('1.5s')) == '1.5s'")]
    [InlineData("timestamp('2024-02-29T12:00:00Z').getMonth() == 1 && timestamp('2024-02-29T12:00:00Z').getDate() == 29 && timestamp('2024-02-29T23:30:00Z').getHours('+02:00') == 1")]
    [InlineData("timestamp('2024-01-02T00:00:00+01:00') == timestamp('2024-01-01T23:00:00Z') && timestamp('2024-01-02T00:00:00Z').getDayOfWeek() == 2")]
    [InlineData("timestamp('2024-01-02T00:00:00Z') - timestamp('2024-01-01T00:00:00Z') == duration('24h') && duration('1h30m').getMinutes() == 90 && duration('1500ms').getMilliseconds() == 500")]
    [InlineData("timestamp('2024-01-01T00:00:00Z') + duration('1h') > timestamp('2024-01-01T00:00:00Z') && duration('1m') < duration('1h') && int(timestamp('1970-01-01T00:01:00Z')) == 60")]
    // Macros.
    [InlineData("has(object.metadata.name) && !has(object.metadata.nothing) && has(object.spec.none) && object.spec.none == null")]
    [InlineData("[1, 2].all(x, x > 0) && [1, 2].exists(x, x == 2) && [1, 2, 2].exists_one(x, x == 1) && [].all(x, false) && ![].exists(x, true)")]
    [InlineData("[1, 2, 3].map(x, x * 2) == [2, 4, 6] && [1, 2, 3].map(x, x > 1, x * 2) == [4, 6] && [1, 2, 3].filter(x, x % 2 == 1) == [1, 3]")]
    [InlineData("{'a': 1, 'b': 2}.all(k, k in ['a', 'b']) && {'a': 1}.map(k, k) == ['a']")]
    [InlineData("[[1, 2], [3]].all(x, x.all(y, y > 0 && size(x) > 0)) && [1].map(x, [2].map(y, x + y)) == [[3]]")]
    [InlineData("[0, 2].exists(x, 4 / x == 2) && ![0, 2].all(x, 4 / x == 3)")]
    [InlineData("['a', 'b'].all(i, v, i < 2 && v != '') && {'a': 1}.exists(k, v, k == 'a' && v == 1) && [5].existsOne(i, v, v == 5)")]
    [InlineData("[1, 2].transformList(i, v, i * v) == [0, 2] && {'a': 1}.transformMap(k, v, v + 1) == {'a': 2} && ['x'].transformMapEntry(i, v, {v: i}) == {'x': 0}")]
    [InlineData("{'a': 1, 'b': 2}.transformMap(k, v, v > 1, v) == {'b': 2} && [1, 2].transformList(i, v, v > 1, v) == [2]")]
    [InlineData("cel.bind(x, 2, x * x) == 4 && [1].map(x, cel.bind(y, x + 1, y * y)) == [4]")]
    // Optionals.
    [InlineData("object.?metadata.?nothing.orValue('x') == 'x' && object.?metadata.?name.orValue('x') == 'web' && {}[?'a'] == optional.none()")]
    [InlineData("optional.of(1).hasValue() && optional.of(1).value() == 1 && optional.none().or(optional.of(2)).value() == 2 && !optional.ofNonZeroValue('').hasValue()")]
    [InlineData("object.?spec.?replicas.optMap(r, r * 2).orValue(0) == 6 && optional.of(1).optFlatMap(v, optional.none()) == optional.none()")]
    [InlineData("[1, ?optional.none(), ?optional.of(3)] == [1, 3] && {?'a': optional.none(), 'b': 1} == {'b': 1} && [[1][?0], [1][?5]] == [optional.of(1), optional.none()]")]
    [InlineData("optional.of({'a': 1}).a.value() == 1 && has(object.?metadata.name) && optional.of(1).orValue(1 / 0) == 1 && [1].first().value() == 1 && [1, 2].last().value() == 2")]
    // Texts.
    [InlineData("text.contains('lo w') && text.startsWith('he') && text.endsWith('ld') && text.matches('^h.*d$') && !text.matches('^hello$')")]
    [InlineData("text.charAt(4) == 'o' && text.indexOf('o') == 4 && text.indexOf('o', 5) == 7 && text.lastIndexOf('o') == 7 && text.lastIndexOf('o', 6) == 4 && text.indexOf('z') == -1")]
    [InlineData("'aBc'.lowerAscii() == 'abc' && 'aBcé'.upperAscii() == 'ABCé' && '  a '.trim() == 'a' && 'a😀b'.substring(1, 2) == '😀' && 'a😀b'.substring(2) == 'b'")]
    [InlineData("'a,b,c'.split(',') == ['a', 'b', 'c'] && 'a,b,c'.split(',', 2) == ['a', 'b,c'] && 'ab'.split('') == ['a', 'b'] && ['a', 'b'].join('-') == 'a-b' && ['a', 'b'].join() == 'ab'")]
    [InlineData("'abab'.replace('a', 'x') == 'xbxb' && 'abab'.replace('a', 'x', 1) == 'xbab' && 'ab'.replace('', '-') == '-a-b-'")]
    [InlineData("'%s is %d, %.2f, %b, %x, %X, %o, %e, %%'.format(['a', 5, 1.234, 5, 255, 'A', 8, 1234.5]) == 'a is 5, 1.23, 101, ff, 41, 10, 1.234500e+03, %'")]
    [InlineData("'%s'.format([[1, 'a', null, {'k': true}]]) == '[1, a, null, {k: true}]' && strings.quote('a\"b\\n') == '\"a\\\\\"b\\\\n\"'")]
    [InlineData("'abc 123'.find('[0-9]+') == '123' && '1 2 3'.findAll('[0-9]') == ['1', '2', '3'] && '1 2 3'.findAll('[0-9]', 2) == ['1', '2'] && 'x'.find('y') == ''")]
    // Lists and sets.
    [InlineData("numbers.sum() == 6 && numbers.max() == 3 && numbers.min() == 1 && !numbers.isSorted() && numbers.sort() == [1, 2, 3] && numbers.indexOf(1) == 1 && [1, 2, 1].lastIndexOf(1) == 2")]
    [InlineData("[1, 1, 2].distinct() == [1, 2] && numbers.reverse() == [2, 1, 3] && numbers.slice(1, 3) == [1, 2] && [[1], [2, 3]].flatten() == [1, 2, 3] && lists.range(3) == [0, 1, 2]")]
    [InlineData("['bb', 'a'].sortBy(x, size(x)) == ['a', 'bb'] && [1.5, 2.5].sum() == 4.0 && [duration('1s'), duration('2s')].sum() == duration('3s')")]
    [InlineData("sets.contains([1, 2, 3], [2, 3]) && sets.equivalent([1, 2], [2, 1, 1]) && sets.intersects([1], [2, 1]) && !sets.intersects([1], [2])")]
    // Kubernetes.
    [InlineData("quantity('1Gi').isGreaterThan(quantity('1G')) && quantity('1500m').compareTo(quantity('1.5')) == 0 && quantity('50k').add(20).sub(quantity('100k')).sub(-50000) == quantity('20') && !isQuantity('1,5')")]
    [InlineData("quantity('50k').asInteger() == 50000 && !quantity('1500m').isInteger() && quantity('1500m').asApproximateFloat() == 1.5 && quantity('-1').sign() == -1")]
    [InlineData("url('https://user@example.com:8080/a%20b?x=1&x=2&y=').getHost() == 'example.com:8080' && url('https://example.com:8080/a?x=1&x=2').getQuery() == {'x': ['1', '2']} && url('http://[::1]:80/').getHostname() == '::1' && url('/path').getEscapedPath() == '/path' && !isURL('a b')")]
    [InlineData("ip('10.0.0.1').family() == 4 && ip('::1').isLoopback() && ip('fe80::1').isLinkLocalUnicast() && !isIP('010.0.0.1') && !isIP('10.1') && ip.isCanonical('::1') && !ip.isCanonical('0:0::1') && ip('8.8.8.8').isGlobalUnicast()")]
    [InlineData("cidr('10.0.0.0/8').containsIP('10.1.2.3') && cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && !cidr('10.0.0.0/8').containsIP(ip('11.0.0.1')) && cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8') && cidr('10.0.0.0/8').prefixLength() == 8 && string(cidr('::/0')) == '::/0'")]
    [InlineData("semver('1.2.3').isLessThan(semver('1.10.0')) && semver('1.0.0-alpha').isLessThan(semver('1.0.0')) && isSemver('v1.0', true) && !isSemver('v1.0') && semver('1.2.3').minor() == 2 && semver('1.0.0+a') == semver('1.0.0+b')")]
    [InlineData("!format.dns1123Label().validate('my-name').hasValue() && format.dns1123Label().validate('My_Name').hasValue() && format.named('uuid').hasValue() && !format.named('what').hasValue()")]
    [InlineData("jsonpatch.escapeKey('a/b~c') == 'a~1b~0c'")]
    // Values from JSON.
    [InlineData("object.spec.replicas == 3 && object.spec.replicas > 2.5 && object.spec.ratio == 0.5 && object.spec.on && object.metadata.labels['a/b'] == 'c'")]
    [InlineData("object.spec.containers.all(c, c.image.matches('^[a-z]:[0-9]+$')) && object.spec.containers.map(c, c.name) == ['a', 'b'] && size(object.spec.containers) == 2")]
    [InlineData("labels.app == 'web' && 'app' in labels && object.metadata.labels.exists(k, k == 'app') && type(object.spec) == map")]
    public void Expression_IsTrue(string expression)
    {
        var compiled = s_environment.Compile(expression);
        Assert.True(compiled.Program is not null, compiled.Problem);
        var outcome = compiled.Program.Evaluate(s_inputs);
        Assert.True(outcome.IsTrue, $"{expression} gave {outcome.Value}");
    }

    [Theory]
    [InlineData("1 / 0 == 0", "division by zero")]
    [InlineData("1 % 0 == 0", "modulus by zero")]
    [InlineData("9223372036854775807 + 1 > 0", "integer overflow")]
    [InlineData("-(-9223372036854775807 - 1) > 0", "integer overflow")]
    [InlineData("0u - 1u > 0u", "unsigned integer overflow")]
    [InlineData("int(1e19) > 0", "integer overflow")]
    [InlineData("[1][5] == 1", "index out of bounds: 5")]
    [InlineData("{'a': 1}['b'] == 1", "no such key: b")]
    [InlineData("object.spec.missing == 1", "no such key: missing")]
    [InlineData("object.spec.replicas.deeper", "no such overload")]
    [InlineData("object.metadata + 1 == 2", "no such overload")]
    [InlineData("dyn('a') < 1", "no such overload")]
    [InlineData("int('x') == 1", "type conversion error from 'string' to 'int'")]
    [InlineData("optional.none().value() == 1", "optional.none() dereference")]
    [InlineData("text.charAt(99) == ''", "index out of range: 99")]
    [InlineData("[].max() == 1 || numbers.filter(x, x > 9).max() == 1", "max called on empty list")]
    [InlineData("timestamp('9999-12-31T23:59:59Z') + duration('1h') > timestamp('2024-01-01T00:00:00Z')", "timestamp overflow")]
    [InlineData("(1 / 0 == 0) || false", "division by zero")]
    [InlineData("[0].all(x, 1 / x > 0)", "division by zero")]
    [InlineData("text.matches('(' + text)", "error parsing regexp")]
    [InlineData("{dyn('a'): 1, dyn('a'): 2} == {}", "Failed with repeated key a")]
    public void Expression_Fails_SaysWhy(string expression, string problem)
    {
        var compiled = s_environment.Compile(expression);
        Assert.True(compiled.Program is not null, compiled.Problem);
        var outcome = compiled.Program.Evaluate(s_inputs);
        Assert.Contains(problem, outcome.Error ?? $"(no error but {outcome.Value})", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "ERROR: <input>:1:0: Syntax error: mismatched input '<EOF>' expecting")]
    [InlineData("1 +", "ERROR: <input>:1:4: Syntax error: mismatched input '<EOF>' expecting")]
    [InlineData("a.b(", "Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', ')', '.',")]
    [InlineData("1 1", "ERROR: <input>:1:3: Syntax error: extraneous input '1' expecting <EOF>")]
    [InlineData("unknown == 1", "ERROR: <input>:1:1: undeclared reference to 'unknown' (in container '')\n | unknown == 1\n | ^")]
    [InlineData("true &&\n  nothing", "ERROR: <input>:2:3: undeclared reference to 'nothing' (in container '')\n |   nothing\n | ..^")]
    [InlineData("1 == 'a'", "found no matching overload for '_==_' applied to '(int, string)'")]
    [InlineData("1 + 1.0 == 2.0", "found no matching overload for '_+_' applied to '(int, double)'")]
    [InlineData("text.startsWith(1)", "found no matching overload for 'startsWith' applied to 'string.(int)'")]
    [InlineData("nothing(1)", "undeclared reference to 'nothing' (in container '')")]
    [InlineData("text.field == 1", "type 'string' does not support field selection")]
    [InlineData("text.all(c, true)", "expression of type 'string' cannot be range of a comprehension (must be list, map, or dynamic)")]
    [InlineData("[1, 'a'] == []", "expected type 'int' but found 'string'")]
    [InlineData("text.", "ERROR: <input>:1:6: Syntax error: no viable alternative at input '.'")]
    [InlineData("?!", "ERROR: <input>:1:1: Syntax error: extraneous input '?' expecting {'[', '{', '(',")]
    [InlineData("true && text", "ERROR: <input>:1:9: expected type 'bool' but found 'string'")]
    [InlineData("numbers.all(x, x)", "expected type 'bool' but found 'int'")]
    [InlineData("has(text)", "invalid argument to has() macro")]
    [InlineData("[1].all(1, true)", "argument must be a simple name")]
    [InlineData("9223372036854775808 > 0", "invalid int literal")]
    [InlineData("var == 1", "reserved identifier: var")]
    [InlineData("'abc", "token recognition error")]
    [InlineData("a @ b", "token recognition error at: '@'")]
    [InlineData("duration('x') == duration('1s')", "invalid duration argument")]
    [InlineData("text.matches('(')", "invalid matches argument")]
    [InlineData("Object{a: 1} == 1", "undeclared reference to 'Object' (in container '')")]
    [InlineData("numbers['a'] == 1", "found no matching overload for '_[_]' applied to '(list(int), string)'")]
    public void Expression_Wrong_IsRefusedWithItsPlace(string expression, string problem)
    {
        var compiled = s_environment.Compile(expression);
        Assert.Null(compiled.Program);
        Assert.Contains(problem, compiled.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("numbers.map(x, string(x))", "list(string)")]
    [InlineData("{'a': [1]}", "map(string, list(int))")]
    [InlineData("true ? object : 1", "dyn")]
    [InlineData("object.a.b", "dyn")]
    [InlineData("[]", "list(dyn)")]
    [InlineData("optional.of(1)", "optional_type(int)")]
    [InlineData("timestamp('2024-01-01T00:00:00Z') - duration('1s')", "timestamp")]
    public void Expression_Checked_HasItsType(string expression, string type)
    {
        var compiled = s_environment.Compile(expression);
        Assert.True(compiled.Program is not null, compiled.Problem);
        Assert.Equal(type, compiled.Program.ResultType.ToString());
    }
}
