import { weighted } from './random.ts'

/** A line of business. */
export interface Industry {
  /** GB/T 4754-2017, 3 or 4 digits. */
  readonly code: string
  /** As it stands in a firm's name. */
  readonly trade: string
  readonly scope: string
  /** Share of enterprises, relative. */
  readonly weight: number
  /** How often consumers complain, 0 to 1 relative to the most complained of. */
  readonly complaints: number
  /** Sells prepaid cards or courses. */
  readonly prepaid: boolean
  readonly food: boolean
  /** Owns special equipment: lifts, boilers, forklifts, filling plants. */
  readonly equipment: boolean
  /** Makes goods that are sampled. */
  readonly producer: boolean
}

/**
 * A row a line of business: class or group, weight, complaints (0 to 100), marks, trade, scope. Every division that
 * enterprises are registered in has one (97 of them less the organisations of sections S and T that are none); weights are
 * about the province's mix. Marks: p prepaid, f food, e special equipment, m makes goods. To add a line, add its row.
 */
const TABLE = `
0111 1.2 0 - 农业 谷物种植；蔬菜种植
0212 .4 0 - 林业 林木育苗；造林服务
0313 1.0 0 - 养殖 牲畜饲养；家禽饲养
0412 .1 0 - 水产 水产养殖
0513 .8 1 - 农业服务 农业专业及辅助性活动
0610 .7 2 e 煤业 煤炭开采；煤炭洗选
0711 .02 0 e 煤层气 煤层气开采
0810 .15 1 e 矿业 铁矿采选
0911 .08 1 e 有色矿业 有色金属矿采选
1011 .25 1 e 石料 建筑用石开采
1110 .03 0 e 矿山服务 开采专业及辅助性活动
1200 .02 0 e 采矿 其他采矿业
1310 .5 5 fem 面业 谷物磨制；食品生产
1461 .3 8 fem 食品 调味品制造；食品生产
1512 .25 8 fem 酒业 白酒制造
1610 .01 2 em 烟草 烟叶复烤
1711 .05 2 em 纺织 棉纺织加工
1810 .15 5 m 服饰 服装制造
1910 .03 2 m 皮革 皮革制品制造
2010 .1 2 m 木业 木材加工
2110 .15 8 m 家具 家具制造
2221 .1 2 em 纸业 纸制品制造
2311 .12 2 m 印务 包装装潢印刷
2411 .08 4 m 文体用品 文教用品制造
2511 .1 2 em 能源 炼焦
2611 .35 3 em 化工 化学原料和化学制品制造
2720 .1 6 em 药业 化学药品制剂制造
2811 .02 1 em 纤维 化学纤维制造
2911 .25 4 em 橡塑 橡胶和塑料制品制造
3011 .7 4 em 水泥 非金属矿物制品制造
3110 .15 2 em 钢铁 炼铁；炼钢
3211 .08 2 em 有色金属 有色金属冶炼
3311 .8 4 em 金属制品 金属结构制造
3411 .4 3 em 机械 通用设备制造
3511 .4 3 em 矿山机械 专用设备制造
3610 .1 6 em 汽车部件 汽车零部件制造
3711 .05 3 em 轨道装备 铁路运输设备制造
3821 .3 5 m 电气 输配电设备制造
3911 .15 5 m 电子 计算机制造；电子设备制造
4011 .12 3 m 仪器 仪器仪表制造
4190 .1 3 m 工艺品 其他制造业
4210 .25 3 e 再生资源 废弃资源综合利用
4310 .15 5 - 机修 金属制品、机械和设备修理业
4411 .6 20 e 新能源 发电；供热
4511 .2 60 e 燃气 燃气生产和供应
4610 .15 50 e 供水 自来水生产和供应
4710 1.6 10 e 建筑工程 住宅房屋建筑；施工专业作业
4811 1.6 4 e 路桥工程 铁路、道路、隧道和桥梁工程建筑
4910 1.6 8 - 安装工程 建筑安装；电气安装服务
5010 3.4 30 - 装饰 建筑装饰；室内装修
5165 9 20 - 建材 建筑材料批发；五金产品批发
5127 2 40 f 副食 食品批发；预包装食品销售
5151 2 10 - 医药 药品批发；医疗器械销售
5299 15 60 - 商贸 日用百货销售；互联网销售
5212 4 80 fe 超市 食品销售；日用百货销售
5251 1.6 50 - 大药房 药品零售；医疗器械零售
5261 1.2 70 - 汽车销售 汽车零配件零售；汽车新车销售
5320 .05 20 e 铁路物流 铁路货物运输
5432 3.2 30 - 物流 普通货物道路运输；装卸搬运
5532 .02 10 e 航运 内河货物运输
5621 .03 50 e 航空服务 航空运输辅助活动
5710 .02 5 e 管输 管道运输业
5821 .5 20 - 货运代理 多式联运和运输代理
5942 .5 15 e 仓储 装卸搬运和仓储
6020 .4 90 - 快递 快递服务；邮件投递
6110 1.2 70 e 酒店管理 住宿服务；会议及展览服务
6210 3.2 100 f 餐饮管理 餐饮服务；餐饮管理
6220 1.2 100 f 快餐 快餐服务；外卖递送服务
6319 .3 80 - 通信 电信业务代理；通信设备销售
6422 1 50 - 互联网科技 互联网信息服务
6513 5.2 30 - 网络科技 软件开发；信息技术咨询服务
6631 .1 40 - 村镇服务 货币金融服务辅助
6740 .08 40 - 投资 资本市场服务
6821 .2 60 - 保险代理 保险代理业务
6999 .1 40 - 资产管理 其他金融业
7020 3 80 e 物业服务 物业管理；停车场服务
7111 1.4 20 e 设备租赁 机械经营租赁
7249 8 10 - 企业管理咨询 企业管理咨询；信息咨询服务
7251 3 10 - 广告传媒 广告设计、代理；广告制作
7320 .6 4 - 生物科技 工程和技术研究
7452 2.2 6 - 检测技术 检验检测服务；认证服务
7519 2.2 10 - 科技推广 技术推广服务；技术开发
7620 .1 2 - 水利 水资源管理
7721 .4 10 - 环保 环境治理服务
7810 .6 20 e 市政服务 市政设施管理；园林绿化
7910 .05 10 - 土地整治 土地管理业
8040 1.6 90 p 美容美发 理发服务；生活美容服务
8111 1.2 70 p 汽车服务 机动车修理和维护；洗车服务
8219 .6 40 - 家政 清洁服务；家政服务
8391 1 80 p 职业技能培训 职业技能培训；教育咨询服务
8393 1 80 p 文化艺术培训 文化艺术辅导；组织文化艺术交流
8321 .15 40 f 学校后勤 学校食堂经营；教育后勤服务
8413 .5 50 - 门诊 门诊部医疗服务
8514 .3 40 f 养老服务 养老服务；集中供餐
8610 .05 10 - 文化传播 新闻和出版
8710 .2 20 - 影视 影视节目制作
8810 .5 15 - 文化艺术 文艺创作与表演
8930 1.4 90 p 健身服务 健身休闲活动；体育用品零售
9013 .5 80 e 娱乐 歌舞厅娱乐活动；游艺娱乐
9190 .01 0 - 事务服务 国家机构后勤服务
9300 .01 0 - 社会服务 社会保障服务
9411 .01 0 - 群团服务 群众团体服务
9524 .05 2 - 会展 社会团体服务
9610 .01 0 - 社区服务 基层群众自治组织服务
`

function industryOf(row: string): Industry {
  const [code = '', weight, complaints, marks = '', trade = '', scope = ''] = row.split(' ')
  return {
    code,
    trade,
    scope,
    weight: Number(weight),
    complaints: Number(complaints) / 100,
    prepaid: marks.includes('p'),
    food: marks.includes('f'),
    equipment: marks.includes('e'),
    producer: marks.includes('m'),
  }
}

export const INDUSTRIES: readonly Industry[] = TABLE.trim().split('\n').map(industryOf)

export const drawIndustry = weighted(INDUSTRIES.map((industry) => [industry, industry.weight] as const))
